"""A provider of OpenID Connect, as a process on this machine: discovery, keys, PKCE, codes that work once, RS256.

`python provider.py PORT` serves until it is killed. Whoever signs in is what the test asks for:
`PUT /person` with the claims as JSON. `GET /log` tells what was refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "isthmus-client", "isthmus-secret"


class Provider:
    """What the provider knows: its key, who is at the keyboard, the codes and tokens that it gave."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.refused: list[str] = []

    def discovery(self) -> dict[str, Any]:
        """What a client may learn from the issuer's address alone."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        }

    def keys(self) -> dict[str, Any]:
        """The public key."""
        shown = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**shown, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Sign the person in without asking, and lead back with a code. Raises `ValueError` where it may not."""
        for name, want in {
            "client_id": CLIENT,
            "response_type": "code",
            "code_challenge_method": "S256",
        }.items():
            if asked.get(name) != want:
                raise ValueError(f"{name} is {asked.get(name)!r}")
        if (
            not asked.get("code_challenge")
            or not asked.get("state")
            or "openid" not in asked.get("scope", "")
        ):
            raise ValueError("no challenge, state or scope")
        if self.person.get("refuses"):
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "person": dict(self.person)}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        """Tokens for a code, once, to whoever knows the secret and the verifier."""
        given = self.codes.pop(asked.get("code", ""), None)
        if given is None:
            raise ValueError("the code is unknown or was used")
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != given["code_challenge"]:
            raise ValueError("the verifier does not fit the challenge")
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            raise ValueError("the client is unknown")
        if asked.get("redirect_uri") != given["redirect_uri"]:
            raise ValueError("the address to lead back to is another")
        access, now = secrets.token_urlsafe(16), int(time.time())
        self.tokens[access] = given["person"]
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **given["person"]}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    provider: Provider

    def answer(self, data: Any, status: int = 200) -> None:
        """Send JSON."""
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Everything but tokens."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        provider = self.provider
        if parts.path == "/authorize":
            try:
                back = provider.authorize(asked)
            except ValueError as error:
                provider.refused.append(str(error))
                return self.answer({"error": str(error)}, 400)
            self.send_response(302)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if parts.path == "/userinfo":
            person = provider.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            return self.answer(person) if person else self.answer({"error": "invalid_token"}, 401)
        known = {
            "/.well-known/openid-configuration": provider.discovery(),
            "/keys": provider.keys(),
            "/log": provider.refused,
        }
        return self.answer(known[parts.path]) if parts.path in known else self.answer({}, 404)

    def do_PUT(self) -> None:
        """Say who is at the keyboard."""
        self.provider.person = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer({})

    def do_POST(self) -> None:
        """Tokens."""
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        try:
            self.answer(self.provider.token({name: values[0] for name, values in body.items()}))
        except ValueError as error:
            self.provider.refused.append(str(error))
            self.answer({"error": "invalid_grant", "error_description": str(error)}, 400)

    def log_message(self, *_: Any) -> None:
        """Silence: the tests read `/log`."""


if __name__ == "__main__":
    Handler.provider = Provider(int(sys.argv[1]))
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
