// Passkeys: the browser's ceremony around a form. `data-passkey` is "get" or "create"; with `data-passkey-ask` the
// challenge is asked from the form's own address, else it stands in the page.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0))
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "")

function withBytes(options) {
  const key = structuredClone(options)
  key.challenge = toBytes(key.challenge)
  if (key.user) key.user.id = toBytes(key.user.id)
  for (const name of ["allowCredentials", "excludeCredentials"])
    for (const known of key[name] ?? []) known.id = toBytes(known.id)
  return key
}

function asData(credential) {
  const response = {}
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = toText(credential.response[name])
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  }
}

async function asked(form) {
  if (!("passkeyAsk" in form.dataset)) {
    const data = JSON.parse(document.getElementById("passkey-options").textContent)
    return (data.creation_options ?? data.request_options).publicKey
  }
  const token = new FormData()
  token.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
  const answer = await fetch(form.action, { method: "POST", body: token })
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  return (await answer.json()).request_options.publicKey
}

async function ceremony(form) {
  const publicKey = withBytes(await asked(form))
  if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey })
  // A passkey that also works without a password: kept by the device, and unlocked by its owner.
  Object.assign(publicKey.authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  })
  return navigator.credentials.create({ publicKey })
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue
  form.hidden = false
  const problem = form.querySelector("[data-passkey-problem]")
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    problem.hidden = true
    try {
      form.elements.credential.value = JSON.stringify(asData(await ceremony(form)))
      form.submit()
    } catch {
      problem.hidden = false
    }
  })
}
