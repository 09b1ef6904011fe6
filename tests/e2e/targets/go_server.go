// SPDX-License-Identifier: Apache-2.0

// A target: Go's net/http server with the answers of http_answers.c.
// usage: go_server LISTEN…     LISTEN: 127.0.0.1:80  [::1]:80
package main

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func number(parts []string, index int) int {
	if index >= len(parts) {
		return 0
	}
	value, _ := strconv.Atoi(parts[index])
	return value
}

func sendSized(w http.ResponseWriter, status, size int) {
	if status != 204 && status != 304 {
		w.Header().Set("Content-Length", strconv.Itoa(size))
	}
	w.WriteHeader(status)
	if status != 204 && status != 304 {
		w.Write(bytes.Repeat([]byte("b"), size))
	}
}

func sendChunked(w http.ResponseWriter, pause time.Duration) {
	for part := 0; part < 3; part++ {
		if part > 0 {
			time.Sleep(pause / 2)
		}
		io.WriteString(w, "0123456789")
		w.(http.Flusher).Flush()
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	parts := strings.Split(r.URL.Path, "/")
	switch {
	case len(parts) > 1 && parts[1] == "s":
		sendSized(w, number(parts, 2), number(parts, 3))
	case len(parts) > 1 && parts[1] == "chunked":
		sendChunked(w, time.Duration(number(parts, 2))*time.Millisecond)
	case len(parts) > 1 && parts[1] == "slow":
		time.Sleep(time.Duration(number(parts, 2)) * time.Millisecond)
		sendSized(w, 200, 13)
	default:
		sendSized(w, 404, 9)
	}
}

func main() {
	for _, address := range os.Args[1:] {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(listener, http.HandlerFunc(answer))
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}
