"""The trust services for verifiers outside: TSA, OCSP, CRL and issuer certificates over HTTP.

RFC 3161 clause 3.4, RFC 6960 appendix A, RFC 5280 clause 4.2. Everything served is public: no login.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.x509 import ocsp
from flask import Blueprint, Flask, Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge

from ca.authority import EmbeddedAuthority
from ca.authority.embedded import ISSUERS
from ca.authority.ocsp import unsuccessful
from ca.authority.timestamping import rejection
from ca.errors import TrustServiceError

MAX_BODY_SIZE = 16384

_TSA_QUERY, _TSA_REPLY = "application/timestamp-query", "application/timestamp-reply"
_OCSP_REQUEST, _OCSP_RESPONSE = "application/ocsp-request", "application/ocsp-response"
_MALFORMED_OCSP = unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)


def create_trust_services_app(authority: EmbeddedAuthority) -> Flask:
    """Return a Flask app that serves the authority at the paths that its certificates name."""
    app = Flask("ca")
    app.url_map.merge_slashes = False
    app.register_blueprint(create_trust_services(authority))
    return app


def create_trust_services(authority: EmbeddedAuthority) -> Blueprint:
    """Return the endpoints as a blueprint: /tsa, /ocsp, /crl/<name>.crl, /aia/<name>.cer.

    The app that takes it sets `url_map.merge_slashes` to False: base64 in a GET of OCSP may have two slashes
    in a row.
    """
    services = Blueprint("trust_services", __name__)
    issuers = {role.value: authority.certificate(role) for role in ISSUERS}

    @services.post("/tsa")
    def timestamp() -> Response:
        if request.mimetype != _TSA_QUERY:
            refused = rejection("bad_request", f"send the request as {_TSA_QUERY}")
            return _der(refused, _TSA_REPLY, status=415)
        try:
            body = _limited_body()
        except RequestEntityTooLarge:
            return _der(rejection("bad_data_format", "the request is too long"), _TSA_REPLY, status=413)
        return _der(authority.timestamp_authority.respond(body), _TSA_REPLY)

    @services.post("/ocsp")
    def ocsp_by_post() -> Response:
        if request.mimetype != _OCSP_REQUEST:
            return _der(_MALFORMED_OCSP, _OCSP_RESPONSE, status=415)
        try:
            body = _limited_body()
        except RequestEntityTooLarge:
            return _der(_MALFORMED_OCSP, _OCSP_RESPONSE, status=413)
        return _der(authority.ocsp_responder.respond(body), _OCSP_RESPONSE)

    @services.get("/ocsp/<path:encoded>")
    def ocsp_by_get(encoded: str) -> Response:
        try:
            body = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return _der(_MALFORMED_OCSP, _OCSP_RESPONSE)
        return _der(authority.ocsp_responder.respond(body), _OCSP_RESPONSE)

    @services.get("/crl/<name>.crl")
    def revocation_list(name: str) -> Response:
        issuer = issuers.get(name)
        try:
            crl = authority.revocation.crl(issuer) if issuer else None
        except TrustServiceError as error:
            return Response(f"{error}\n", status=503, mimetype="text/plain")
        return _der(crl, "application/pkix-crl") if crl else abort(404)

    @services.get("/aia/<name>.cer")
    def issuer_certificate(name: str) -> Response:
        issuer = issuers.get(name)
        return _der(issuer, "application/pkix-cert") if issuer else abort(404)

    return services


def _limited_body() -> bytes:
    request.max_content_length = MAX_BODY_SIZE
    return request.get_data()


def _der(body: bytes, content_type: str, status: int = 200) -> Response:
    response = Response(body, status=status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
