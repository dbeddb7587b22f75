"""The API as one WSGI application: every declared operation, every error a problem document, nothing else.

app = create_api(services, resources)      # /v1/..., /healthz, /readyz, /metrics
application = mount(app, pages)            # everything else goes to the pages
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from esign.api.answering import Answering, respond, time_taken
from esign.api.docs import docs_resource
from esign.api.health import health_resource
from esign.api.key_resource import key_resource
from esign.api.openapi import Declared
from esign.api.operations import Operation, Resource
from esign.api.problems import problem_of
from esign.api.services import ApiServices
from esign.infra.database import JsonValue
from esign.infra.logs import current_request, log_for, request_context

OWN_PATHS: Final = ("/v1", "/healthz", "/readyz", "/metrics")
_API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STANDING: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Vary", "Accept-Language"),
)
"""What every answer says, and no operation says for itself but `Vary`, which may be said twice."""
_log = log_for(__name__)


class ApiApp(Flask):
    """A Flask application that serves declared operations alone: a route without a scope or a door is refused."""

    def __init__(self, services: ApiServices, resources: Sequence[Resource]) -> None:
        super().__init__("esign.api", static_folder=None, template_folder="data")
        self.url_map.merge_slashes = False
        self.resources = (*resources, key_resource(services))
        self.operations: dict[str, Operation] = {}
        self.answering = Answering(services)
        declared = Declared(
            self.resources, services.public_url, services.limits, codes=services.codes, scopes=services.scopes
        )
        hidden = (docs_resource(declared, self.jinja_env), health_resource(services))
        for resource in (*self.resources, *hidden):
            for operation in resource.operations:
                self._serve(operation)
        self.declared = declared

    def _serve(self, operation: Operation) -> None:
        if operation.name in self.operations:
            raise ValueError(f"two operations are called {operation.name}")
        self.operations[operation.name] = operation

        def view(**path: str) -> Response:
            return self.answering.answer(operation, path)

        self.add_url_rule(operation.path, operation.name, view, methods=[operation.method])

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Refuse every route that is not a declared operation (`TypeError`): it would have no scope."""
        if endpoint not in self.operations:
            raise TypeError(f"{rule} is not a declared operation; declare it in a Resource, with its scope")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options=False, **options)


def create_api(services: ApiServices, resources: Sequence[Resource] = ()) -> ApiApp:
    """Return the API with these resources beside its own: keys, docs, error catalogue, health, metrics."""
    app = ApiApp(services, resources)
    standing = list(_STANDING)
    if services.strict_transport:
        standing.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))

    @app.before_request
    def begin() -> None:
        g.begun = time_taken()

    @app.errorhandler(Exception)
    def told(error: Exception) -> Response:
        problem = problem_of(error, services.codes)
        if problem.hidden:
            _log.failed("request failed", error, code=problem.code, status=problem.status)
        language = app.answering.language()
        return respond(problem.encode(services.public_url, current_request() or "", language), code=problem.code)

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if response.mimetype == "text/html" else _API_POLICY)
        headers.extend(standing)
        for name, value in g.get("standing_headers", {}).items():
            headers.setdefault(name, value)
        _record(services, response)
        return response

    return app


def mount(
    api: ApiApp, rest: Callable[..., Iterable[bytes]] | None = None, *, trusted_proxies: int = 0
) -> Callable[..., Iterable[bytes]]:
    """Return the WSGI application of a process: the API at its paths, `rest` (the pages) at all others.

    Every request gets an id: the caller's `X-Request-Id` if it has the form, else a fresh one; it is in each log line,
    in the `X-Request-Id` of the answer, and is the `trace_id` of a problem. So many proxies before us are believed
    about the caller's address and scheme.
    """

    def by_path(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        ours = rest is None or any(path == own or path.startswith(f"{own}/") for own in OWN_PATHS)
        application = api.wsgi_app if ours or rest is None else rest
        with request_context(environ.get("HTTP_X_REQUEST_ID")) as request_id:

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                return start_response(status, [*headers, ("X-Request-Id", request_id)], *more)

            return application(environ, start)

    if trusted_proxies:
        return ProxyFix(by_path, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=0)
    return by_path


def _record(services: ApiServices, response: Response) -> None:
    """Write the access log's line and count the request: the route's pattern, never the path."""
    rule = request.url_rule.rule if request.url_rule is not None else None
    seconds = time_taken() - g.begun if "begun" in g else 0.0
    services.metrics.observe_request(request.method, rule or "unmatched", response.status_code, seconds)
    _log.info(
        "request answered",
        method=request.method,
        route=rule,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        client=g.get("client"),
        code=g.get("code"),
    )


def openapi_document(app: ApiApp) -> dict[str, JsonValue]:
    """Return the OpenAPI document of what the app serves."""
    return app.declared.document()
