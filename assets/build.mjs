// Builds everything the pages load into OUT: node build.mjs OUT
import { build } from "esbuild"
import { compile } from "sass"
import { existsSync } from "node:fs"
import { cp, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"

const out = process.argv[2]
if (!out) throw new Error("Say where to build to: node build.mjs FOLDER")

async function styles() {
  for (const name of ["isthmus", "map"]) {
    const { css } = compile(`sass/${name}.scss`, { style: "compressed", quietDeps: true })
    await writeFile(join(out, "css", `${name}.css`), css + "\n")
  }
}

async function scripts() {
  const { metafile } = await build({
    alias: { "@maplibre/mlt": "./js/no-vector-tiles.js" },
    bundle: true,
    entryPoints: ["js/isthmus.js", "js/map.js", "js/passkeys.js"],
    format: "esm",
    legalComments: "none", // NOTICE.txt has them all
    metafile: true,
    minify: true,
    outdir: join(out, "js"),
    target: "es2022",
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } }, // as MapLibre's own build has it
  })
  return Object.keys(metafile.inputs)
}

// Each licence text travels with the code it covers; which packages those are comes from the bundle itself.
async function notice(inputs) {
  const found = inputs.map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean)
  const names = [...new Set(found)].sort()
  const parts = ["The files in this folder contain code from the packages below, under their licences.\n"]
  for (const name of names) {
    const { version, license, homepage } = JSON.parse(await readFile(`node_modules/${name}/package.json`))
    parts.push(`${"=".repeat(78)}\n${name} ${version} (${license})\n${homepage ?? ""}\n\n${await licence(name)}`)
  }
  await writeFile(join(out, "NOTICE.txt"), parts.join("\n").replace(/[ \t\r]+$/gm, "").trimEnd() + "\n")
}

// A few packages leave their licence text out: those are kept in licences/.
async function licence(name) {
  const names = ["LICENSE", "LICENSE.txt", "LICENSE.md"].map((file) => `node_modules/${name}/${file}`)
  for (const path of [...names, `licences/${name}.txt`]) {
    if (existsSync(path)) return readFile(path, "utf8")
  }
  throw new Error(`No licence text found for ${name}: put it in licences/ before bundling its code`)
}

for (const folder of ["css", "js"]) await mkdir(join(out, folder), { recursive: true })
await styles()
await notice(await scripts())
await cp("images", join(out, "images"), { recursive: true })
