// Draws each <div data-map> from the addresses in its attributes. The list on the page says the same in words:
// whatever goes wrong here, the page still holds everything.
import { AttributionControl } from "../node_modules/maplibre-gl/src/ui/control/attribution_control.ts"
import { NavigationControl } from "../node_modules/maplibre-gl/src/ui/control/navigation_control.ts"
import { ScaleControl } from "../node_modules/maplibre-gl/src/ui/control/scale_control.ts"
import { Map as MapLibre } from "../node_modules/maplibre-gl/src/ui/map.ts"
import { Popup } from "../node_modules/maplibre-gl/src/ui/popup.ts"
import { config } from "../node_modules/maplibre-gl/src/util/config.ts"
import { connectDrawing, showLines } from "./map-draw.js"
import { bounds, byNetwork, networkShapes } from "./map-networks.js"
import { highlight, style } from "./map-style.js"

config.WORKER_URL = import.meta.url

const CLUSTER_ABOVE = 800
const EMPTY = { type: "FeatureCollection", features: [] }
const NO_DRAWING = "This browser cannot draw the map."
const NO_DATA = "The map’s information did not arrive. Reload the page to try again."

async function load(url) {
  if (!url) return EMPTY
  const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer.json()
}

function say(box, text) {
  const message = document.createElement("p")
  message.className = "app-map__message"
  message.textContent = `${text} `
  if (box.dataset.list) {
    const link = document.createElement("a")
    link.className = "govuk-link"
    link.href = box.dataset.list
    link.textContent = "The list has the same information"
    message.append(link, ".")
  }
  box.replaceChildren(message)
  box.dataset.mapReady = "failed"
}

function popupContent({ name, url, detail, network }) {
  const content = document.createElement("div")
  const title = document.createElement("p")
  const heading = document.createElement(url ? "a" : "strong")
  heading.textContent = name
  if (url && new URL(url, location.href).origin === location.origin) {
    heading.href = url
    heading.className = "govuk-link"
  }
  title.append(heading)
  content.append(title)
  const about = [network == null ? null : `Network ${network}`, detail].filter(Boolean).join(". ")
  if (about) content.append(Object.assign(document.createElement("p"), { textContent: about }))
  return content
}

function show(map, feature) {
  new Popup({ maxWidth: "260px", focusAfterOpen: true })
    .setLngLat(feature.geometry.coordinates)
    .setDOMContent(popupContent(feature.properties))
    .addTo(map)
}

function draw(box, data) {
  const { tiles, tilesAttribution, label } = box.dataset
  const groups = byNetwork(data.points.features)
  const cluster = groups.size === 0 && data.points.features.length > CLUSTER_ABOVE
  const container = document.createElement("div")
  container.className = "app-map__canvas"
  box.dataset.mapReady = "drawing"
  box.replaceChildren(container)
  const map = new MapLibre({
    container,
    style: style({ ...data, shapes: networkShapes(groups), tiles, cluster }),
    bounds: bounds(data.points.features) ?? bounds(data.boundary.features) ?? undefined,
    fitBoundsOptions: { padding: 36, maxZoom: 13 },
    attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: true }, // or the map prints blank
    cooperativeGestures: true,
    dragRotate: false,
    fadeDuration: 0,
    locale: { "Map.Title": label || "Map", "Popup.Close": "Close" },
    maxZoom: 17,
    pitchWithRotate: false,
    touchPitch: false,
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), "top-right")
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left")
  if (tilesAttribution) map.addControl(new AttributionControl({ customAttribution: tilesAttribution }))
  map.once("idle", () => (box.dataset.mapReady = "true"))
  return { map, groups, cluster }
}

function listen(map, cluster, drawing) {
  const pointer = (on) => () => (map.getCanvas().style.cursor = on ? "pointer" : "")
  for (const layer of cluster ? ["points", "clusters"] : ["points"]) {
    map.on("mouseenter", layer, pointer(true))
    map.on("mouseleave", layer, pointer(false))
  }
  if (drawing) return // a click sets a point there
  map.on("click", "points", (event) => show(map, event.features[0]))
  if (!cluster) return
  map.on("click", "clusters", async ({ features: [{ geometry, properties }] }) => {
    const zoom = await map.getSource("points").getClusterExpansionZoom(properties.cluster_id)
    map.easeTo({ center: geometry.coordinates, zoom })
  })
}

/** Buttons with data-map-show="network:3" or "point:100001" anywhere on the page choose what the map shows. */
function connect(box, map, groups, features) {
  const buttons = [...document.querySelectorAll("[data-map-show]")]
  const live = document.getElementById("announcements")
  const fit = (points) => {
    const around = points.map((coordinates) => ({ geometry: { coordinates } }))
    map.fitBounds(bounds(around), { padding: 60, maxZoom: 13 })
  }
  const choose = (button) => {
    const off = button.getAttribute("aria-pressed") === "true"
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button && !off))
    const [kind, id] = button.dataset.mapShow.split(":")
    const point = kind === "point" && features.find(({ properties }) => String(properties.id) === id)
    const points = kind === "network" ? groups.get(Number(id)) : point && [point.geometry.coordinates]
    highlight(map, !off && kind === "network" ? Number(id) : null)
    box.dataset.mapChosen = off ? "" : button.dataset.mapShow
    fit(off || !points ? features.map(({ geometry }) => geometry.coordinates) : points)
    if (live) live.textContent = off ? "The map shows everything again" : "Shown on the map"
    if (!off && point) show(map, point)
    if (!off) box.scrollIntoView({ block: "nearest" })
  }
  for (const button of buttons) {
    button.hidden = false
    button.setAttribute("aria-pressed", "false")
    button.addEventListener("click", () => choose(button))
  }
}

async function start(box) {
  let data
  try {
    const { points, boundary, places, lines } = box.dataset
    const [p, b, l, n] = await Promise.all([points, boundary, places, lines].map(load))
    data = { points: p, boundary: b, places: l, lines: n }
  } catch {
    return say(box, NO_DATA)
  }
  try {
    const { map, groups, cluster } = draw(box, data)
    map.on("error", ({ error }) => error?.name === "GPUInitializationError" && say(box, NO_DRAWING))
    map.once("load", () => {
      listen(map, cluster, "draw" in box.dataset)
      if (data.lines.features.length) showLines(map, data.lines)
      connectDrawing(box, map)
      connect(box, map, groups, data.points.features)
    })
  } catch {
    say(box, NO_DRAWING)
  }
}

document.querySelectorAll("[data-map]").forEach(start)
