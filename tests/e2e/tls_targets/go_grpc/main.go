// A target: gRPC over crypto/tls, by grpc-go and the health service that comes with it.
// SPDX-License-Identifier: Apache-2.0
//
// usage: tlsgrpc server CERTIFICATE KEY LISTEN
//
//	tlsgrpc client GATE HOST:PORT COUNT CONCURRENCY…
//
// The client waits for GATE and makes COUNT calls for each CONCURRENCY, over one connection; every fourth is of a service
// that is not there. It fails if anything is answered otherwise.
package main

import (
	"context"
	"crypto/tls"
	"log"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	pb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func serve(certificate, key, listen string) {
	secret, err := credentials.NewServerTLSFromFile(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(secret))
	pb.RegisterHealthServer(server, health.NewServer())
	log.Fatal(server.Serve(listener))
}

func ask(client pb.HealthClient, number int) {
	context, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	service, wanted := "", codes.OK
	if number%4 == 3 {
		service, wanted = "secret", codes.NotFound
	}
	_, err := client.Check(context, &pb.HealthCheckRequest{Service: service})
	if status.Code(err) != wanted {
		log.Fatalf("%d: %v", number, err)
	}
}

func run(address string, count, concurrency int) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{InsecureSkipVerify: true})))
	if err != nil {
		log.Fatal(err)
	}
	numbers := make(chan int)
	var group sync.WaitGroup
	for i := 0; i < concurrency; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for number := range numbers {
				ask(pb.NewHealthClient(connection), number)
			}
		}()
	}
	for i := 0; i < count; i++ {
		numbers <- i
	}
	close(numbers)
	group.Wait()
	connection.Close()
}

func main() {
	if os.Args[1] == "server" {
		serve(os.Args[2], os.Args[3], os.Args[4])
	}
	for {
		if _, err := os.Stat(os.Args[2]); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	count, _ := strconv.Atoi(os.Args[4])
	for _, word := range os.Args[5:] {
		concurrency, _ := strconv.Atoi(word)
		run(os.Args[3], count, concurrency)
	}
}
