// A target: HTTP over crypto/tls, HTTP/1.1 or HTTP/2 as asked for.
//
// usage: tlsgo server CERTIFICATE KEY LISTEN
//
//	tlsgo client GATE HOST:PORT COUNT LABEL:1.1|2:CONCURRENCY…
//
// The client waits for GATE, asks COUNT times for /s/200/SIZE/LABEL/NUMBER for each label, and fails if anything is
// answered otherwise. It prints how many nanoseconds one took, for each label.
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

var sizes = []int{13, 1000, 3000}

func answer(writer http.ResponseWriter, request *http.Request) {
	parts := strings.Split(request.URL.Path, "/")
	if len(parts) < 4 || parts[1] != "s" {
		http.NotFound(writer, request)
		return
	}
	status, _ := strconv.Atoi(parts[2])
	size, _ := strconv.Atoi(parts[3])
	io.Copy(io.Discard, request.Body)
	writer.Header().Set("Content-Length", parts[3])
	writer.WriteHeader(status)
	writer.Write(bytes.Repeat([]byte("b"), size))
}

func serve(certificate, key, listen string) {
	server := &http.Server{Addr: listen, Handler: http.HandlerFunc(answer), ErrorLog: log.New(io.Discard, "", 0)}
	log.Fatal(server.ListenAndServeTLS(certificate, key))
}

func waitFor(gate string) {
	for {
		if _, err := os.Stat(gate); err == nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func ask(client *http.Client, address, version, label string, number int) error {
	size := sizes[number%len(sizes)]
	response, err := client.Get(fmt.Sprintf("https://%s/s/200/%d/%s/%d", address, size, label, number))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != 200 || len(body) != size || !strings.HasPrefix(response.Proto, "HTTP/"+version) {
		return fmt.Errorf("%d, %d bytes, %s", response.StatusCode, len(body), response.Proto)
	}
	return nil
}

func newClient(version string, concurrency int) *http.Client {
	config := &tls.Config{InsecureSkipVerify: true}
	if version != "2" {
		config.NextProtos = []string{"http/1.1"}
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: config, ForceAttemptHTTP2: version == "2", MaxConnsPerHost: concurrency, MaxIdleConnsPerHost: concurrency,
	}}
}

func run(address, version string, concurrency int, label string, count int) {
	client := newClient(version, concurrency)
	numbers := make(chan int)
	var group sync.WaitGroup
	for i := 0; i < concurrency; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for number := range numbers {
				if err := ask(client, address, version, label, number); err != nil {
					log.Fatal(err)
				}
			}
		}()
	}
	begin := time.Now()
	for i := 0; i < count; i++ {
		numbers <- i
	}
	close(numbers)
	group.Wait()
	fmt.Println(time.Since(begin).Nanoseconds() / int64(count))
	client.CloseIdleConnections()
}

func main() {
	if os.Args[1] == "server" {
		serve(os.Args[2], os.Args[3], os.Args[4])
	}
	count, _ := strconv.Atoi(os.Args[4])
	waitFor(os.Args[2])
	for _, load := range os.Args[5:] {
		words := strings.Split(load, ":")
		concurrency, _ := strconv.Atoi(words[2])
		run(os.Args[3], words[1], concurrency, words[0], count)
	}
}
