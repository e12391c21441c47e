// Lines drawn on a map: each click adds a point. The text area holds the same points, one 'latitude, longitude' a
// row and an empty row between two lines, so that typing and drawing change one thing.
import { WARM } from "./map-style.js"

const POINT = /^(-?\d+(?:\.\d+)?)[\s,;]+(-?\d+(?:\.\d+)?)$/

export function linesOf(text) {
  return text
    .split(/\n\s*\n/)
    .map((line) => line.split("\n").map((row) => POINT.exec(row.trim())).filter(Boolean).map(([, y, x]) => [Number(x), Number(y)]))
    .filter((line) => line.length)
}

const written = (lines) => lines.map((line) => line.map(([x, y]) => `${y.toFixed(5)}, ${x.toFixed(5)}`).join("\n")).join("\n\n")

const shapes = (lines) => ({
  type: "FeatureCollection",
  features: lines.flatMap((line) => [
    { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } },
    ...line.map((point) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: point } })),
  ]),
})

function lineLayers(source) {
  return [
    { id: `${source}-line`, type: "line", source, paint: { "line-color": WARM, "line-width": 4 } },
    {
      id: `${source}-points`,
      type: "circle",
      source,
      filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 5, "circle-color": WARM },
    },
  ]
}

/** Lines that are there already, as GeoJSON. */
export function showLines(map, data) {
  map.addSource("lines", { type: "geojson", data })
  for (const layer of lineLayers("lines")) map.addLayer(layer)
}

function button(label, act) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "govuk-button govuk-button--secondary"
  made.textContent = label
  made.addEventListener("click", act)
  return made
}

export function connectDrawing(box, map) {
  const area = document.getElementById(box.dataset.draw)
  if (!area) return
  let begins = false
  map.addSource("drawn", { type: "geojson", data: shapes(linesOf(area.value)) })
  for (const layer of lineLayers("drawn")) map.addLayer(layer)
  map.getCanvas().style.cursor = "crosshair"
  const show = () => map.getSource("drawn").setData(shapes(linesOf(area.value)))
  const keep = (lines) => {
    area.value = written(lines)
    show()
  }
  area.addEventListener("input", show)
  map.on("click", ({ lngLat }) => {
    const lines = linesOf(area.value)
    const point = [lngLat.lng, lngLat.lat]
    if (begins || !lines.length) lines.push([point])
    else lines.at(-1).push(point)
    begins = false
    keep(lines)
  })
  const controls = document.createElement("div")
  controls.className = "govuk-button-group"
  controls.append(
    button("Take the last point back", () => {
      const lines = linesOf(area.value)
      lines.at(-1)?.pop()
      keep(lines.filter((line) => line.length))
    }),
    button("Begin another line", () => (begins = true)),
  )
  box.after(controls)
}
