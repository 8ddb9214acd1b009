"""What a process does once, as it begins: it says which release it is, and switches on what the settings ask for.

Traces (OTEL_EXPORTER_OTLP_ENDPOINT) and error reports (SENTRY_DSN) are imported only where they are wanted.
"""

from __future__ import annotations

from django.conf import settings

from core import metrics, releases


def begin(service: str) -> None:
    """For `web`, `worker` or `scheduler`, in the very process that does the work."""
    if service == "web":
        releases.started()
    metrics.bury()
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from aqad import traces

        traces.begin(service)
    if settings.SENTRY_DSN:
        from aqad import reports

        reports.begin(service)
