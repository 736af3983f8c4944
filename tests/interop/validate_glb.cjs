// Validates GLB files with the Khronos glTF validator: validate_glb.cjs FILE...
// Exits with 1 when one has an error or a warning.
const fs = require("fs");
const { validateBytes, version } = require("gltf-validator");

(async () => {
  let faults = 0;
  for (const file of process.argv.slice(2)) {
    const report = await validateBytes(new Uint8Array(fs.readFileSync(file)), { maxIssues: 20 });
    for (const { severity, code, message, pointer } of report.issues.messages) {
      if (severity <= 1) {
        faults += 1;
        console.error(`${file}: ${code} at ${pointer}: ${message}`);
      }
    }
  }
  console.log(`glTF validator ${version()}: ${process.argv.length - 2} files, ${faults} errors and warnings`);
  process.exit(faults ? 1 : 0);
})();
