"""Webhooks as a resource: where a client wants to be told, and how it stands with each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from esign.api.call import Call, Reply
from esign.api.errors import ApiError
from esign.api.operations import Resource
from esign.api.pagination import write_cursor
from esign.api.scopes import Scope
from esign.api.webhook_views import (
    DELIVERY,
    ENDPOINT,
    SECRET,
    DeliveryPageView,
    DeliveryQuery,
    DeliveryView,
    EndpointBody,
    EndpointChange,
    EndpointList,
    EndpointView,
    NewEndpointView,
    PingView,
    SecretView,
    delivery_view,
    endpoint_view,
)
from esign.infra.database import Database
from esign.infra.ids import is_id
from esign.webhooks.deliveries import Deliveries
from esign.webhooks.endpoints import Endpoint, Endpoints
from esign.webhooks.ping import Pinger

_LISTING: Final = "deliveries"
_MISSING: Final = ("webhook-endpoint-missing",)


def webhook_resource(database: Database, endpoints: Endpoints, deliveries: Deliveries, pinger: Pinger) -> Resource:
    """Return the operations on endpoints and deliveries."""
    webhooks = Resource(
        "webhooks",
        "回调",
        "Webhooks",
        "Messages by the Standard Webhooks convention: at least once, each with the event's own id, signed over the "
        "exact bytes. They hold ids, codes and digests, never personal data.",
    )

    def change(call: Call, act: Callable[[Session, str, str], Endpoint]) -> Reply:
        with database.transaction() as session:
            changed = act(session, call.client.client, call.path["endpoint"])
            return call.keep(session, Reply(endpoint_view(changed)))

    @webhooks.operation(
        "POST",
        "/v1/webhook-endpoints",
        access=Scope.WEBHOOKS_WRITE,
        zh="登记回调地址",
        en="Register an endpoint",
        about="The answer holds the signing secret, this once.",
        body=EndpointBody,
        answer=NewEndpointView,
        status=201,
        problems=("webhook-url", "webhook-event-types", "webhook-endpoints-at-most"),
        example={"url": "https://platform.example/esign", "event_types": ["*"]},
        answer_example={**ENDPOINT, "secret": SECRET},
    )
    def register(call: Call) -> Reply:
        body = call.body(EndpointBody)
        with database.transaction() as session:
            made, secret = endpoints.register(session, call.client.client, body.url, body.event_types, call.now)
            view = NewEndpointView(**dict(endpoint_view(made)), secret=secret.reveal())
            return call.keep(session, Reply(view, status=201))

    @webhooks.operation(
        "GET",
        "/v1/webhook-endpoints",
        access=Scope.WEBHOOKS_READ,
        zh="列出回调地址",
        en="List endpoints",
        about="A client has 20 at most.",
        answer=EndpointList,
        answer_example={"items": [ENDPOINT]},
    )
    def listing(call: Call) -> Reply:
        with database.reading() as session:
            found = endpoints.list_endpoints(session, call.client.client)
        return Reply(EndpointList(items=[endpoint_view(one) for one in found]))

    @webhooks.operation(
        "GET",
        "/v1/webhook-endpoints/<endpoint>",
        access=Scope.WEBHOOKS_READ,
        zh="查看回调地址",
        en="See an endpoint",
        answer=EndpointView,
        problems=_MISSING,
        answer_example=ENDPOINT,
    )
    def one(call: Call) -> Reply:
        with database.reading() as session:
            return Reply(endpoint_view(endpoints.get(session, call.client.client, call.path["endpoint"])))

    @webhooks.operation(
        "PATCH",
        "/v1/webhook-endpoints/<endpoint>",
        access=Scope.WEBHOOKS_WRITE,
        zh="更改回调地址",
        en="Change an endpoint",
        about="What waits goes to the new address.",
        body=EndpointChange,
        answer=EndpointView,
        problems=(*_MISSING, "webhook-url", "webhook-event-types"),
        example={"event_types": ["envelope.completed"]},
        answer_example=ENDPOINT,
    )
    def update(call: Call) -> Reply:
        body = call.body(EndpointChange)
        with database.transaction() as session:
            client, endpoint = call.client.client, call.path["endpoint"]
            return Reply(
                endpoint_view(endpoints.update(session, client, endpoint, url=body.url, event_types=body.event_types))
            )

    @webhooks.operation(
        "DELETE",
        "/v1/webhook-endpoints/<endpoint>",
        access=Scope.WEBHOOKS_WRITE,
        zh="删除回调地址",
        en="Delete an endpoint",
        about="With its deliveries, those that wait too.",
        problems=_MISSING,
    )
    def delete(call: Call) -> Reply:
        with database.transaction() as session:
            endpoints.delete(session, call.client.client, call.path["endpoint"], call.now)
        return Reply(status=204)

    @webhooks.operation(
        "POST",
        "/v1/webhook-endpoints/<endpoint>/rotate-secret",
        access=Scope.WEBHOOKS_WRITE,
        zh="更换签名密钥",
        en="Replace the signing secret",
        about="The one before signs beside the new one for 24 hours.",
        answer=SecretView,
        problems=_MISSING,
        answer_example={"secret": SECRET},
    )
    def rotate_secret(call: Call) -> Reply:
        with database.transaction() as session:
            secret = endpoints.rotate_secret(session, call.client.client, call.path["endpoint"], call.now)
            return call.keep(session, Reply(SecretView(secret=secret.reveal())))

    @webhooks.operation(
        "POST",
        "/v1/webhook-endpoints/<endpoint>/enable",
        access=Scope.WEBHOOKS_WRITE,
        zh="启用回调地址",
        en="Enable an endpoint",
        about="It is told of what waits, too.",
        answer=EndpointView,
        problems=_MISSING,
        answer_example=ENDPOINT,
    )
    def enable(call: Call) -> Reply:
        return change(call, endpoints.enable)

    @webhooks.operation(
        "POST",
        "/v1/webhook-endpoints/<endpoint>/disable",
        access=Scope.WEBHOOKS_WRITE,
        zh="停用回调地址",
        en="Disable an endpoint",
        about="What waits goes on waiting; what happens meanwhile is not kept for it.",
        answer=EndpointView,
        problems=_MISSING,
        answer_example={**ENDPOINT, "disabled_at": "2026-03-02T04:00:00Z", "disabled_because": "by-client"},
    )
    def disable(call: Call) -> Reply:
        return change(call, lambda session, client, id_: endpoints.disable(session, client, id_, call.now))

    @webhooks.operation(
        "POST",
        "/v1/webhook-endpoints/<endpoint>/ping",
        access=Scope.WEBHOOKS_WRITE,
        zh="发送测试消息",
        en="Send a test message",
        about="A signed message of type `ping`, sent while you wait, ten seconds at most; one at a time.",
        answer=PingView,
        problems=(*_MISSING, "webhook-ping-running"),
        answer_example={"id": "png_01k9x7m2qv8w3c5t6r4n0b1d2e", "status": 200, "failure": None},
    )
    def ping(call: Call) -> Reply:
        sent = pinger.ping(call.client.client, call.path["endpoint"], call.now)
        return Reply(PingView(id=sent.id, status=sent.status, failure=sent.failure))

    @webhooks.operation(
        "GET",
        "/v1/webhook-endpoints/<endpoint>/deliveries",
        access=Scope.WEBHOOKS_READ,
        zh="列出投递记录",
        en="List an endpoint's deliveries",
        query=DeliveryQuery,
        answer=DeliveryPageView,
        problems=(*_MISSING, "cursor-refused"),
        answer_example={"items": [DELIVERY], "next_cursor": None},
    )
    def delivered(call: Call) -> Reply:
        query, client = call.query(DeliveryQuery), call.client.client
        after = query.after(_LISTING) or None
        if after is not None and not is_id("whd", after):
            raise ApiError("cursor-refused")
        with database.reading() as session:
            endpoint = endpoints.get(session, client, call.path["endpoint"]).id
            page = deliveries.list_deliveries(
                session, client, endpoint=endpoint, state=query.state, cursor=after, limit=query.limit
            )
        cursor = None if page.next_cursor is None else write_cursor(_LISTING, page.next_cursor)
        return Reply(DeliveryPageView(items=[delivery_view(one) for one in page.deliveries], next_cursor=cursor))

    @webhooks.operation(
        "POST",
        "/v1/webhook-deliveries/<delivery>/redeliver",
        access=Scope.WEBHOOKS_WRITE,
        zh="重新投递",
        en="Deliver again",
        about="Whatever became of it, with all its tries before it. The receiver sees the id that it may know.",
        answer=DeliveryView,
        problems=("webhook-delivery-missing", "webhook-endpoint-disabled"),
        answer_example={**DELIVERY, "state": "pending", "attempts": 0, "delivered_at": None},
    )
    def redeliver(call: Call) -> Reply:
        with database.transaction() as session:
            again = deliveries.redeliver(session, call.client.client, call.path["delivery"], call.now)
            return call.keep(session, Reply(delivery_view(again)))

    return webhooks
