"""OpenTelemetry traces, where OTEL_EXPORTER_OTLP_ENDPOINT names a collector: requests, SQL, jobs, reactions, gateways.

What follows from a request belongs to its trace, however much later a worker does it: the request's id is the trace's.
Of addresses only the route is told, for they may carry search words, links that sign in and readers' marks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanKind
from structlog.contextvars import get_contextvars

from core import causes
from core.releases import release
from core.statements import route_of, shape

TRACE_ID = re.compile(r"^[0-9a-f]{32}$")
TELLING = ("http.url", "http.target", "url.full", "url.path", "url.query")


class ByRequest(RandomIdGenerator):
    """A trace is numbered as its request, where that has an id of our own making."""

    def generate_trace_id(self) -> int:
        request_id = get_contextvars().get("request_id", "")
        return int(request_id, 16) if TRACE_ID.match(request_id) else super().generate_trace_id()


def begin(service: str) -> None:
    """Trace this process from now on, and send what is traced in the background."""
    resource = Resource.create({"service.name": f"aqad-{service}", "service.version": release()})
    provider = TracerProvider(resource=resource, id_generator=ByRequest())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    os.environ["OTEL_PYTHON_DJANGO_MIDDLEWARE_POSITION"] = "1"  # after the request has its id
    DjangoInstrumentor().instrument(response_hook=_route_alone)
    connection_created.connect(_watched, dispatch_uid="traces")
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    causes.AROUND.append(_work)


def _watched(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(statement)


def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Around every statement, prepared or not, which an instrumentation of the driver misses: its shape, no value."""
    told = shape(str(sql)).strip()
    facts = {"db.system": "postgresql", "db.statement": told}
    with trace.get_tracer("aqad").start_as_current_span(
        told.split(None, 1)[0], kind=SpanKind.CLIENT, attributes=facts
    ):
        return execute(sql, params, many, context)


def _route_alone(span: Any, request: Any, response: Any) -> None:
    """Say where it went without what it carried."""
    for name in TELLING:
        if name in (getattr(span, "attributes", None) or {}):
            span.set_attribute(name, route_of(request))
    span.set_attribute("aqad.request_id", get_contextvars().get("request_id", ""))


@contextmanager
def _work(request_id: str, what: str) -> Iterator[None]:
    """A piece of work that a request caused: in its trace, though not in its time."""
    worker = get_contextvars().get("request_id") == request_id
    tracer = trace.get_tracer("aqad")
    with tracer.start_as_current_span(what, context=Context() if worker else None) as span:
        span.set_attribute("aqad.request_id", request_id)
        yield
