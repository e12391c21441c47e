// What somebody began to answer stays on their own device until it is sent or thrown away: a lost signal loses nothing. Without
// this, the pages before travel in the form and there is no way to go on later; the first page says so.
const keyOf = (code) => `isthmus-draft-${code}`

function stored(code) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(code)))
  } catch {
    return null
  }
}

function forget(code) {
  try {
    localStorage.removeItem(keyOf(code))
  } catch {}
}

function keep(form) {
  const given = [...new FormData(form)].filter(([name]) => name !== "do")
  try {
    localStorage.setItem(keyOf(form.dataset.draft), JSON.stringify(given))
  } catch {}
}

function button(text, kind, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text })
  made.className = `govuk-button ${kind}`.trim()
  made.addEventListener("click", act)
  return made
}

// On the first page: go on where one was, or throw it away.
function offer(form) {
  const code = form.dataset.draftStart
  const given = stored(code)
  if (!Array.isArray(given)) return
  const box = Object.assign(document.createElement("div"), { className: "govuk-inset-text" })
  const words = Object.assign(document.createElement("p"), {
    className: "govuk-body",
    textContent: "You began to answer on this device. What you said is still here, and has not been sent.",
  })
  const group = Object.assign(document.createElement("div"), { className: "govuk-button-group" })
  const goOn = () => {
    form.replaceChildren()
    for (const [name, value] of [...given, ["do", "here"]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
    }
    form.submit()
  }
  const throwAway = () => {
    forget(code)
    box.remove()
  }
  group.append(
    button("Go on where you were", "", goOn),
    button("Throw it away", "govuk-button--secondary", throwAway),
  )
  box.append(words, group)
  form.before(box)
}

export function drafts(scope) {
  for (const form of scope.querySelectorAll("form[data-draft]")) {
    form.addEventListener("input", () => keep(form))
    form.addEventListener("submit", () => keep(form))
  }
  for (const form of scope.querySelectorAll("form[data-draft-start]")) offer(form)
  for (const sent of scope.querySelectorAll("[data-draft-sent]")) forget(sent.dataset.draftSent)
}
