// Stands in for MapLibre's decoder of vector tiles, 69 KB of code: our maps draw GeoJSON, and pictures as background.
export const GEOMETRY_TYPE = {}

export function decodeTile() {
  throw new Error("Vector tiles are not built in: give the map GeoJSON, or raster tiles as background")
}
