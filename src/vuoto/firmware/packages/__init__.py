"""Packages of a build: APK, JAR and APEX containers, their manifests, certificates, resources and native libraries."""
