// Loads GLB files with three.js' GLTFLoader, plays every clip, and fails on errors, warnings and empty models.
//
// usage: NODE_PATH=… node load_glb.mjs FILE...
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const find = createRequire(import.meta.url);
const load = (name) => import(pathToFileURL(find.resolve(name)).href);
const THREE = await load("three");

// What a browser has and node lacks. Pictures are looked at as far as their signature and size.
globalThis.self = globalThis;
globalThis.createImageBitmap = async (blob) => {
  const bytes = new DataView(await blob.arrayBuffer());
  if (bytes.getUint32(0) !== 0x89504e47) throw new Error(`${blob.type}: not a PNG`);
  return { width: bytes.getUint32(16), height: bytes.getUint32(20), close() {} };
};

let faults = 0;
const complain = (...words) => {
  faults += 1;
  process.stderr.write(`${words.join(" ")}\n`);
};
console.warn = complain;
console.error = complain;

const { GLTFLoader } = await load("three/addons/loaders/GLTFLoader.js");
for (const file of process.argv.slice(2)) {
  const bytes = await readFile(file);
  const model = await new GLTFLoader().parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), "");
  let skinned = 0;
  let triangles = 0;
  let textures = 0;
  model.scene.traverse((node) => {
    if (!node.isMesh) return;
    skinned += node.isSkinnedMesh ? 1 : 0;
    triangles += (node.geometry.index ?? node.geometry.attributes.position).count / 3;
    textures += node.material.map?.image?.width > 0 ? 1 : 0;
  });
  const mixer = new THREE.AnimationMixer(model.scene);
  for (const clip of model.animations) {
    mixer.stopAllAction();
    mixer.clipAction(clip).play();
    mixer.setTime(clip.duration / 2);
    model.scene.updateMatrixWorld(true);
  }
  const box = new THREE.Box3().setFromObject(model.scene, true);
  const size = box.getSize(new THREE.Vector3());
  if (!(triangles > 100) || model.animations.length === 0) complain(`${file}: no triangles or no clips`);
  if (![size.x, size.y, size.z].every((side) => side > 0.05 && side < 12)) complain(`${file}: ${size.toArray()} m large`);
  console.log(`${file}: three.js ${THREE.REVISION}, ${triangles} triangles, ${skinned} skinned meshes, ${textures} textures, ${model.animations.length} clips`);
}
if (faults > 0) process.exit(1);
