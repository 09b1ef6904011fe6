// A gRPC service and its client, and an HTTP/2 server without TLS: what test_http2.py traces.
//
//	grpc_app serve ADDRESS            the TestService of gRPC's own interoperability tests
//	grpc_app call ADDRESS COUNT LIMIT COUNT calls of six kinds, LIMIT at a time, on one connection; says what it saw
//	grpc_app http ADDRESS             HTTP/2 by prior knowledge and by upgrade
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	pb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type service struct {
	pb.UnimplementedTestServiceServer
}

func (service) UnaryCall(_ context.Context, in *pb.SimpleRequest) (*pb.SimpleResponse, error) {
	if code := in.GetResponseStatus().GetCode(); code != 0 {
		return nil, status.Error(codes.Code(code), "as asked for")
	}
	return &pb.SimpleResponse{Payload: &pb.Payload{Body: make([]byte, in.GetResponseSize())}}, nil
}

func (service) StreamingOutputCall(in *pb.StreamingOutputCallRequest, out pb.TestService_StreamingOutputCallServer) error {
	for _, part := range in.GetResponseParameters() {
		if err := out.Send(&pb.StreamingOutputCallResponse{Payload: &pb.Payload{Body: make([]byte, part.GetSize())}}); err != nil {
			return err
		}
	}
	return nil
}

func (service) StreamingInputCall(in pb.TestService_StreamingInputCallServer) error {
	size := 0
	for {
		part, err := in.Recv()
		if err == io.EOF {
			return in.SendAndClose(&pb.StreamingInputCallResponse{AggregatedPayloadSize: int32(size)})
		}
		if err != nil {
			return err
		}
		size += len(part.GetPayload().GetBody())
	}
}

func (service) FullDuplexCall(both pb.TestService_FullDuplexCallServer) error {
	for {
		part, err := both.Recv()
		if err == io.EOF {
			return status.Error(codes.DataLoss, "at its end")
		}
		if err != nil {
			return err
		}
		if err := both.Send(&pb.StreamingOutputCallResponse{Payload: part.GetPayload()}); err != nil {
			return err
		}
	}
}

type outcome struct {
	Trace    string `json:"trace"`
	Method   string `json:"method"`
	Status   int    `json:"status"`
	Sent     int    `json:"sent"`
	Received int    `json:"received"`
	Duration int64  `json:"duration_ns"`
}

func payload(size int) *pb.Payload { return &pb.Payload{Body: make([]byte, size)} }

func callOne(ctx context.Context, client pb.TestServiceClient, unknown pb.UnimplementedServiceClient, kind int, out *outcome) error {
	switch kind {
	case 0:
		out.Method, out.Sent = "grpc.testing.TestService/UnaryCall", 1
		_, err := client.UnaryCall(ctx, &pb.SimpleRequest{ResponseSize: 10, Payload: payload(100)})
		if err == nil {
			out.Received = 1
		}
		return err
	case 1:
		out.Method, out.Sent = "grpc.testing.TestService/UnaryCall", 1
		_, err := client.UnaryCall(ctx, &pb.SimpleRequest{ResponseStatus: &pb.EchoStatus{Code: int32(codes.NotFound)}})
		return err
	case 2:
		out.Method, out.Sent = "grpc.testing.TestService/StreamingOutputCall", 1
		parts := []*pb.ResponseParameters{{Size: 3}, {Size: 0}, {Size: 100}}
		stream, err := client.StreamingOutputCall(ctx, &pb.StreamingOutputCallRequest{ResponseParameters: parts})
		for err == nil {
			if _, err = stream.Recv(); err == nil {
				out.Received++
			}
		}
		if err == io.EOF {
			return nil
		}
		return err
	case 3:
		out.Method = "grpc.testing.TestService/StreamingInputCall"
		stream, err := client.StreamingInputCall(ctx)
		for i := 0; i < 4 && err == nil; i++ {
			err = stream.Send(&pb.StreamingInputCallRequest{Payload: payload(70 * i)})
			out.Sent++
		}
		if err == nil {
			_, err = stream.CloseAndRecv()
			out.Received = 1
		}
		return err
	case 4:
		out.Method = "grpc.testing.TestService/FullDuplexCall"
		stream, err := client.FullDuplexCall(ctx)
		for i := 0; i < 3 && err == nil; i++ {
			if err = stream.Send(&pb.StreamingOutputCallRequest{Payload: payload(50)}); err == nil {
				out.Sent++
				_, err = stream.Recv()
				out.Received++
			}
		}
		if err == nil {
			stream.CloseSend()
			_, err = stream.Recv()
		}
		return err
	default:
		out.Method, out.Sent = "grpc.testing.UnimplementedService/UnimplementedCall", 1
		_, err := unknown.UnimplementedCall(ctx, &pb.Empty{})
		return err
	}
}

// The server is started beside the client.
func waitListening(address string) error {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			return connection.Close()
		}
		if time.Now().After(end) {
			return err
		}
	}
}

func call(address string, count, limit int) error {
	if err := waitListening(address); err != nil {
		return err
	}
	connection, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	client, unknown := pb.NewTestServiceClient(connection), pb.NewUnimplementedServiceClient(connection)
	outcomes := make([]outcome, count)
	places := make(chan struct{}, limit)
	var group sync.WaitGroup
	for i := range outcomes {
		places <- struct{}{}
		group.Add(1)
		go func() {
			defer group.Done()
			out := &outcomes[i]
			out.Trace = fmt.Sprintf("%016x%016x", limit, i+1)
			ctx := metadata.AppendToOutgoingContext(context.Background(), "traceparent", "00-"+out.Trace+fmt.Sprintf("-%016x-01", i+1))
			begin := time.Now()
			out.Status = int(status.Code(callOne(ctx, client, unknown, i%6, out)))
			out.Duration = time.Since(begin).Nanoseconds()
			<-places
		}()
	}
	group.Wait()
	return json.NewEncoder(os.Stdout).Encode(outcomes)
}

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	var code, size int
	fmt.Sscanf(r.URL.Path, "/s/%d/%d/", &code, &size)
	w.WriteHeader(code)
	w.Write(make([]byte, size))
}

func main() {
	var err error
	switch os.Args[1] {
	case "serve":
		var listener net.Listener
		if listener, err = net.Listen("tcp", os.Args[2]); err == nil {
			server := grpc.NewServer()
			pb.RegisterTestServiceServer(server, service{})
			err = server.Serve(listener)
		}
	case "http":
		err = http.ListenAndServe(os.Args[2], h2c.NewHandler(http.HandlerFunc(answer), &http2.Server{}))
	default:
		count, _ := strconv.Atoi(os.Args[3])
		limit, _ := strconv.Atoi(os.Args[4])
		err = call(os.Args[2], count, limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
