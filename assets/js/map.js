// One file for the page and for its worker, because they share most of their code: it is fetched once and cached once.
if (typeof document === "undefined") await import("../node_modules/maplibre-gl/src/source/worker.ts")
else await import("./map-page.js")
