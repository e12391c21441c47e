// The map's look. No tiles and no fonts are fetched: letters are drawn from the reader's own fonts.
export const DEEP = "#0c4a5b"
export const WARM = "#a1431a"
const INK = "#0b0c0c"
const PAPER = "#ffffff"
const SEA = "#eaf2f4"
const LINE = "#6f8f98"
const FONT = ["Arial"]
const BOLD = ["Arial Bold"]

// Each takes white letters at 4.5:1 or better. Neighbours may share a colour: the number tells them apart.
const PALETTE = [DEEP, WARM, "#54319f", "#0b6b46", "#98285d", "#16548a", "#6b5300", "#4a4d4f"]

const networkColour = [
  "match",
  ["%", ["to-number", ["get", "network"]], PALETTE.length],
  ...PALETTE.flatMap((colour, index) => [index, colour]),
  DEEP,
]
const inNetwork = ["!=", ["get", "network"], null]
const ofShape = (shape) => ["==", ["get", "shape"], shape]
const halo = { "text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.5 }

function collection(data) {
  return data ?? { type: "FeatureCollection", features: [] }
}

export function style({ points, shapes, boundary, places, tiles, cluster }) {
  const sources = {
    boundary: { type: "geojson", data: collection(boundary) },
    places: { type: "geojson", data: collection(places) },
    shapes: { type: "geojson", data: shapes },
    points: { type: "geojson", data: points, cluster, clusterRadius: 40, clusterMaxZoom: 12 },
  }
  if (tiles) sources.tiles = { type: "raster", tiles: [tiles], tileSize: 256 }
  const layers = [
    { id: "sea", type: "background", paint: { "background-color": SEA } },
    ...(tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : []),
    {
      id: "land",
      type: "fill",
      source: "boundary",
      filter: ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false],
      paint: { "fill-color": PAPER, "fill-opacity": tiles ? 0 : 1 },
    },
    { id: "border", type: "line", source: "boundary", paint: { "line-color": LINE, "line-width": 1 } },
    ...networkLayers(),
    ...(cluster ? [placeLayer(), ...pointLayers(cluster)] : [...pointLayers(cluster), placeLayer()]),
    numberLayer(),
  ]
  return { version: 8, sources, layers }
}

function networkLayers() {
  const line = (id, shape, width, opacity) => ({
    id,
    type: "line",
    source: "shapes",
    filter: ofShape(shape),
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": networkColour, "line-width": width, "line-opacity": opacity },
  })
  return [
    {
      id: "outline-fill",
      type: "fill",
      source: "shapes",
      filter: ["all", ofShape("outline"), ["==", ["geometry-type"], "Polygon"]],
      paint: { "fill-color": networkColour, "fill-opacity": 0.12 },
    },
    line("spokes", "spokes", 1, 0),
    line("outline", "outline", 1.5, 0.9),
  ]
}

function pointLayers(cluster) {
  const grow = (small, large) => ["interpolate", ["linear"], ["zoom"], 7, small, 12, large]
  const single = cluster ? [["!", ["has", "point_count"]]] : []
  const layers = [
    {
      id: "points",
      type: "circle",
      source: "points",
      filter: ["all", ...single],
      paint: {
        "circle-color": ["case", inNetwork, networkColour, DEEP],
        "circle-radius": grow(3.5, 9),
        "circle-stroke-color": PAPER,
        "circle-stroke-width": 1,
      },
    },
    {
      id: "point-numbers",
      type: "symbol",
      source: "points",
      minzoom: 9.5,
      filter: ["all", inNetwork, ...single],
      layout: {
        "text-field": ["to-string", ["get", "network"]],
        "text-font": BOLD,
        "text-size": grow(7, 11),
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": PAPER },
    },
  ]
  if (cluster) layers.push(...clusterLayers())
  return layers
}

function clusterLayers() {
  const many = ["has", "point_count"]
  return [
    {
      id: "clusters",
      type: "circle",
      source: "points",
      filter: many,
      paint: {
        "circle-color": DEEP,
        "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 10, 100, 18, 2000, 30],
        "circle-stroke-color": PAPER,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "cluster-counts",
      type: "symbol",
      source: "points",
      filter: many,
      layout: {
        "text-field": ["get", "point_count_abbreviated"],
        "text-font": BOLD,
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": PAPER },
    },
  ]
}

function placeLayer() {
  const rank = ["coalesce", ["get", "rank"], 5]
  return {
    id: "places",
    type: "symbol",
    source: "places",
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], rank, 1, 15, 5, 11],
      "text-padding": 6,
      "symbol-sort-key": rank,
      "text-variable-anchor": ["bottom", "top", "left", "right"],
      "text-radial-offset": 0.5,
    },
    paint: { ...halo, "text-color": "#3b4245" },
  }
}

function numberLayer() {
  return {
    id: "numbers",
    type: "symbol",
    source: "shapes",
    filter: ofShape("label"),
    layout: { "text-field": ["get", "label"], "text-font": BOLD, "text-size": 18, "text-allow-overlap": true },
    paint: { ...halo, "text-color": networkColour, "text-halo-width": 2 },
  }
}

/** Sets what is chosen apart: its outline and spokes grow, the others fade. `network` null puts all back. */
export function highlight(map, network) {
  const chosen = (yes, no, all) =>
    network == null ? all : ["case", ["==", ["get", "network"], network], yes, no]
  map.setPaintProperty("outline", "line-width", chosen(4, 1, 1.5))
  map.setPaintProperty("outline", "line-opacity", chosen(1, 0.25, 0.9))
  map.setPaintProperty("outline-fill", "fill-opacity", chosen(0.2, 0.03, 0.12))
  map.setPaintProperty("spokes", "line-opacity", chosen(1, 0, 0))
  map.setPaintProperty("points", "circle-opacity", chosen(1, 0.35, 1))
  map.setPaintProperty("numbers", "text-opacity", chosen(1, 0.4, 1))
}
