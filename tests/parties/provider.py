"""A small but real OpenID Connect provider: discovery, keys, code flow with PKCE, userinfo."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "pilotharbor", "provider-knows-this"


class Provider(ThreadingHTTPServer):
    """Signs in one person at once: whoever ``claims`` says."""

    def __init__(self, claims):
        super().__init__(("127.0.0.1", 0), Handler)
        self.claims, self.codes, self.tokens = claims, {}, set()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.refused = []


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *args):
        pass

    def _json(self, body, status=200):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urlsplit(self.path)
        url = self.server.url
        if parts.path == "/.well-known/openid-configuration":
            self._json({
                "issuer": url, "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token", "userinfo_endpoint": f"{url}/userinfo",
                "jwks_uri": f"{url}/keys", "response_types_supported": ["code"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif parts.path == "/keys":
            key = json.loads(RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._json({"keys": [key | {"kid": "one", "use": "sig", "alg": "RS256"}]})
        elif parts.path == "/authorize":
            asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
            code = secrets.token_urlsafe(16)
            self.server.codes[code] = asked
            self.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        elif parts.path == "/userinfo":
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            known = bearer in self.server.tokens
            self._json(self.server.claims if known else {}, 200 if known else 401)
        else:
            self._json({}, 404)

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        said = {k: v[0] for k, v in sent.items()}
        asked = self.server.codes.pop(said.get("code", ""), None)
        verifier = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            asked is None
            or (said["client_id"], said["client_secret"]) != (CLIENT, SECRET)
            or asked.get("code_challenge") != proof
            or asked["redirect_uri"] != said["redirect_uri"]
        ):
            self.server.refused.append(said)
            self._json({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = self.server.claims | {
            "iss": self.server.url, "aud": CLIENT, "iat": now, "exp": now + 300,
        } | ({"nonce": asked["nonce"]} if "nonce" in asked else {})  # fmt: skip
        access = secrets.token_urlsafe(16)
        self.server.tokens.add(access)
        self._json({
            "access_token": access, "token_type": "Bearer", "expires_in": 300,
            "id_token": jwt.encode(claims, self.server.key, "RS256", headers={"kid": "one"}),
        })  # fmt: skip


@contextmanager
def running(**claims):
    """A provider on a free port that signs in the person of these claims."""
    provider = Provider({"sub": "campus-1"} | claims)
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()


def app_of(provider) -> dict:
    """The settings by which the harbour knows this provider."""
    return {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "campus",
                    "name": "示例大学统一身份认证",
                    "client_id": CLIENT,
                    "secret": SECRET,
                    "settings": {
                        "server_url": provider.url,
                        "email_authentication": True,
                        "oauth_pkce_enabled": True,
                    },
                }
            ]
        }
    }
