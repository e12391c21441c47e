// The shapes drawn for networks: an outline around the members, spokes from their middle, a number in the middle.

function cross(origin, a, b) {
  return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])
}

function halfHull(points) {
  const chain = []
  for (const point of points) {
    while (chain.length > 1 && cross(chain.at(-2), chain.at(-1), point) <= 0) chain.pop()
    chain.push(point)
  }
  return chain.slice(0, -1)
}

/** Convex hull by Andrew's monotone chain: [[lng, lat]] in, the corners in order out. */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  if (sorted.length < 3) return sorted
  return [...halfHull(sorted), ...halfHull(sorted.reverse())]
}

export function middle(points) {
  const sum = points.reduce((total, [lng, lat]) => [total[0] + lng, total[1] + lat], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

function outline(points) {
  const corners = hull(points)
  if (corners.length < 3) return { type: "LineString", coordinates: [points[0], points.at(-1)] }
  return { type: "Polygon", coordinates: [[...corners, corners[0]]] }
}

/** Groups point features by their `network` number; points in none are left out. */
export function byNetwork(features) {
  const groups = new Map()
  for (const { geometry, properties } of features) {
    if (properties.network == null) continue
    if (!groups.has(properties.network)) groups.set(properties.network, [])
    groups.get(properties.network).push(geometry.coordinates)
  }
  return groups
}

/** One feature collection holding, for each network, its outline, its spokes and its label. */
export function networkShapes(groups) {
  const features = []
  const add = (shape, network, geometry) =>
    features.push({ type: "Feature", properties: { shape, network, label: String(network) }, geometry })
  for (const [network, points] of groups) {
    const centre = middle(points)
    add("outline", network, outline(points))
    add("spokes", network, { type: "MultiLineString", coordinates: points.map((point) => [centre, point]) })
    add("label", network, { type: "Point", coordinates: centre })
  }
  return { type: "FeatureCollection", features }
}

/** The smallest box around positions nested to any depth: [[west, south], [east, north]], or null when there are none. */
export function bounds(features) {
  const box = [[Infinity, Infinity], [-Infinity, -Infinity]]
  const visit = (part) => {
    if (typeof part[0] !== "number") return part.forEach(visit)
    for (const axis of [0, 1]) {
      box[0][axis] = Math.min(box[0][axis], part[axis])
      box[1][axis] = Math.max(box[1][axis], part[axis])
    }
  }
  features.forEach(({ geometry }) => geometry && visit(geometry.coordinates))
  return box[0][0] === Infinity ? null : box
}
