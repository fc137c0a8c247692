// Builds the script of report.html from report.js and the locked packages, and gathers their licences beside it.
// `npm ci --ignore-scripts && node build.mjs`; with --check it compares instead of writing and fails when they differ.
import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../../src/vuoto/reports/renderers/assets");
const result = await build({
  absWorkingDir: here,
  entryPoints: ["report.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2021"],
  charset: "ascii",
  legalComments: "none",
  metafile: true,
  write: false,
});
const script = result.outputFiles[0].text;
if (script.includes("</script")) throw new Error("the script would end its own element");

const packages = [...new Set(Object.keys(result.metafile.inputs).map((p) => /node_modules\/([^/]+)\//.exec(p)?.[1]).filter(Boolean))].sort();
const licences = packages.map((name) => {
  const about = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  const text = readFileSync(join(here, "node_modules", name, "LICENSE"), "utf8").trim();
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
});
const head = "report.js holds code of these packages, bundled and minified from the sources in their published archives.\n";
const written = { "report.js": script, "report.js.LICENSES.txt": [head, ...licences].join(`\n${"-".repeat(78)}\n\n`) };

for (const [name, text] of Object.entries(written)) {
  const path = join(target, name);
  if (process.argv.includes("--check")) {
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
      console.error(`${name} is stale: run node tools/report_assets/build.mjs`);
      process.exitCode = 1;
    }
  } else {
    writeFileSync(path, text);
    console.log(`${name}: ${text.length} characters`);
  }
}
