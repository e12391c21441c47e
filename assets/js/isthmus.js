// What every page loads: GOV.UK Frontend's behaviours, and htmx without what a strict policy forbids.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend"
import htmx from "htmx.org"
import { drafts } from "./drafts.js"
import { sliders } from "./slider.js"

const components = [
  [Button, { preventDoubleClick: true }],
  [CharacterCount],
  [Checkboxes],
  [ErrorSummary],
  [FileUpload],
  [NotificationBanner],
  [PasswordInput],
  [Radios],
  [ServiceNavigation],
  [SkipLink],
]

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  historyEnabled: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
})

function enhance(scope) {
  for (const [component, config] of components) createAll(component, config, scope)
  sliders(scope)
}

// A live region that is swapped away says nothing: copy what changed into one that stays.
function announce() {
  const live = document.getElementById("announcements")
  const text = document.querySelector("[data-announce]")?.dataset.announce
  if (live && text && live.textContent !== text) live.textContent = text
}

// A browser that loads modules is one that GOV.UK Frontend supports.
document.body.classList.add("js-enabled", "govuk-frontend-supported")
enhance(document)
drafts(document)

// A request that was sent elsewhere (to sign in again) is for the whole window, not for a part of the page.
// htmx keeps the address of the page in the tab's store as soon as it is loaded, for a history that is not used here. An
// address may be a link that is for one person: leave none behind. Where the store is closed there is none.
try {
  sessionStorage.removeItem("htmx-current-path-for-history")
} catch {}

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asked = new URL(detail.pathInfo.finalRequestPath, location.href).pathname
  if (!detail.xhr.responseURL || new URL(detail.xhr.responseURL).pathname === asked) return
  detail.shouldSwap = false
  location.reload()
})

document.body.addEventListener("htmx:afterSettle", (event) => {
  enhance(event.detail.elt)
  announce()
})
