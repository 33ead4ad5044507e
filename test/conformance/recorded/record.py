# Sends the spans and the log record that are recorded: python record.py <HTTP endpoint> <gRPC endpoint>.
# Needs opentelemetry-sdk and opentelemetry-exporter-otlp.
import sys

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

http, grpc = sys.argv[1:3]
resource = Resource.create({"service.name": "triage-agent", "gen_ai.agent.id": "repo-triage"})


def record(spans, logs):
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(spans))
    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(logs))
    tracer = tracers.get_tracer("recorder", "1.0")
    with tracer.start_as_current_span("invoke_agent triage") as agent:
        agent.set_attribute("whodid.agent.instance.id", "py-1")
        agent.set_attribute("numbers", [1, 2, 3])
        agent.set_attribute("share", 0.25)
        agent.set_attribute("big", 2**53 + 1)
        link = trace.Link(agent.get_span_context(), {"why": "parent"})
        with tracer.start_as_current_span(
            "execute_tool merge", kind=trace.SpanKind.CLIENT, links=[link]
        ) as tool:
            tool.set_attribute("gen_ai.operation.name", "execute_tool")
            tool.set_attribute("gen_ai.tool.name", "merge")
            tool.add_event("called", {"attempt": 1, "dry": False})
            tool.record_exception(ValueError("no such branch: Grüße"))
            tool.set_status(trace.StatusCode.ERROR, "no such branch")
            loggers.get_logger("recorder").emit(
                body="merge refused",
                severity_number=SeverityNumber.WARN,
                attributes={"branch": "main", "tries": 2, "nested": {"list": [True, b"\x01\x02"]}},
            )
    tracers.shutdown()
    loggers.shutdown()


record(
    HttpSpans(endpoint=f"{http}/v1/traces", compression=Compression.Gzip),
    HttpLogs(endpoint=f"{http}/v1/logs"),
)
record(GrpcSpans(endpoint=grpc, insecure=True), GrpcLogs(endpoint=grpc, insecure=True))
