// Reverb is a TCP server that sends each line back three times, ever more quietly. It finishes the echoes under way
// when the client has closed its write half.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

var delay = flag.Duration("delay", time.Second, "between the sounds of an echo")

func main() {
	address := flag.String("listen", "127.0.0.1:0", "where to listen")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	os.Stderr.WriteString("listening on " + listener.Addr().String() + "\n")
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go answer(conn.(*net.TCPConn))
	}
}

func answer(conn *net.TCPConn) {
	var echoes sync.WaitGroup
	input := bufio.NewScanner(conn)
	for input.Scan() {
		echoes.Add(1)
		go func(line string) {
			defer echoes.Done()
			echo(conn, line)
		}(input.Text())
	}
	echoes.Wait()
	conn.CloseWrite()
	conn.Close()
}

func echo(conn net.Conn, line string) {
	fmt.Fprintln(conn, "\t", strings.ToUpper(line))
	time.Sleep(*delay)
	fmt.Fprintln(conn, "\t", line)
	time.Sleep(*delay)
	fmt.Fprintln(conn, "\t", strings.ToLower(line))
}
