"""WORKSHOP: opens an image, lists its packages, reads what their code can collect and send."""
