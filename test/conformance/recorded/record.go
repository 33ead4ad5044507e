// Sends the spans and the log record that are recorded: go run record.go <HTTP endpoint> <gRPC endpoint>.
// Needs the modules go.opentelemetry.io/otel, …/sdk, …/sdk/log and …/exporters/otlp/{otlptrace,otlplog}/….
package main

import (
	"context"
	"errors"
	"math"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	ctx := context.Background()
	httpSpans := must(otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(os.Args[1]+"/v1/traces"),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression)))
	httpLogs := must(otlploghttp.New(ctx, otlploghttp.WithEndpointURL(os.Args[1]+"/v1/logs")))
	record(ctx, httpSpans, httpLogs)
	grpcSpans := must(otlptracegrpc.New(ctx,
		otlptracegrpc.WithEndpointURL(os.Args[2]), otlptracegrpc.WithCompressor("gzip")))
	grpcLogs := must(otlploggrpc.New(ctx, otlploggrpc.WithEndpointURL(os.Args[2])))
	record(ctx, grpcSpans, grpcLogs)
}

func record(ctx context.Context, spans sdktrace.SpanExporter, logs sdklog.Exporter) {
	about := resource.NewSchemaless(
		attribute.String("service.name", "triage-agent"),
		attribute.String("gen_ai.agent.id", "repo-triage"))
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans), sdktrace.WithResource(about))
	loggers := sdklog.NewLoggerProvider(
		sdklog.WithProcessor(sdklog.NewSimpleProcessor(logs)), sdklog.WithResource(about))
	tracer := tracers.Tracer("recorder", trace.WithInstrumentationVersion("1.0"))
	agentCtx, agent := tracer.Start(ctx, "invoke_agent triage")
	agent.SetAttributes(
		attribute.String("whodid.agent.instance.id", "go-1"),
		attribute.Int64Slice("numbers", []int64{1, 2, 3}),
		attribute.Float64("share", math.Inf(1)),
		attribute.Int64("big", 1<<53+1))
	link := trace.Link{
		SpanContext: agent.SpanContext(),
		Attributes:  []attribute.KeyValue{attribute.String("why", "parent")},
	}
	toolCtx, tool := tracer.Start(agentCtx, "execute_tool merge",
		trace.WithSpanKind(trace.SpanKindClient), trace.WithLinks(link))
	tool.SetAttributes(
		attribute.String("gen_ai.operation.name", "execute_tool"),
		attribute.String("gen_ai.tool.name", "merge"))
	tool.AddEvent("called", trace.WithAttributes(attribute.Int("attempt", 1), attribute.Bool("dry", false)))
	tool.RecordError(errors.New("no such branch: Grüße"))
	tool.SetStatus(codes.Error, "no such branch")
	var refused log.Record
	refused.SetBody(attribute.StringValue("merge refused"))
	refused.SetSeverity(log.SeverityWarn)
	refused.AddAttributes(attribute.String("branch", "main"), attribute.Int("tries", 2))
	loggers.Logger("recorder").Emit(toolCtx, refused)
	tool.End()
	agent.End()
	check(tracers.Shutdown(ctx))
	check(loggers.Shutdown(ctx))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
