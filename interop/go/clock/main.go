// Clock is a TCP server that writes the time of day once a second, a goroutine for each client.
package main

import (
	"flag"
	"io"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	address := flag.String("listen", "127.0.0.1:0", "where to listen")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	// One line of standard error tells the test where it listens.
	os.Stderr.WriteString("listening on " + listener.Addr().String() + "\n")
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go tell(conn)
	}
}

func tell(conn net.Conn) {
	defer conn.Close()
	for {
		if _, err := io.WriteString(conn, time.Now().Format("15:04:05\n")); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
