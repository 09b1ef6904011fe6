// FerretDB 1 with SQLite: a server of the MongoDB wire protocol for the tests, at the address and in the folder given; by TLS
// at another address, with a certificate and its key.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listener := ferretdb.ListenerConfig{TCP: os.Args[1]}
	if len(os.Args) > 5 {
		listener.TLS, listener.TLSCertFile, listener.TLSKeyFile = os.Args[3], os.Args[4], os.Args[5]
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  listener,
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := server.Run(ctx); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
