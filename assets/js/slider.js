// A number with data-slider (its largest value; the smallest is 0) gets a slider beside it, for a mouse or a thumb. The number stays the field that is
// named, focused and sent: a keyboard or a screen reader meets one control, not two.
export function sliders(scope) {
  for (const number of scope.querySelectorAll("input[data-slider]")) {
    if (number.nextElementSibling?.classList.contains("app-slider")) continue
    const slider = Object.assign(document.createElement("input"), {
      type: "range",
      className: "app-slider",
      tabIndex: -1,
      min: 0,
      max: number.dataset.slider,
      value: number.value,
    })
    slider.setAttribute("aria-hidden", "true")
    slider.addEventListener("input", () => (number.value = slider.value))
    number.addEventListener("input", () => (slider.value = number.value))
    number.after(slider)
  }
}
