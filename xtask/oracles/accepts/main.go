//go:build kubelint_events

// Command accepts tells for each file named on its standard input how kubectl's parser reads it: the documents that
// apimachinery's reader cuts it into, and for each the events of go-yaml or its error. It prints one JSON object a line.
//
// With -single a file is not cut, but read as go-yaml's Unmarshal reads it.
//
// It needs a go-yaml that shows its events; build.sh makes one.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	yaml "go.yaml.in/yaml/v2"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

type document struct {
	Text   string       `json:"text"`
	Error  string       `json:"error,omitempty"`
	Events []yaml.Event `json:"events,omitempty"`
	JSON   bool         `json:"json,omitempty"`
}

type file struct {
	Path      string     `json:"path"`
	Documents []document `json:"documents"`
}

func main() {
	single := flag.Bool("single", false, "do not cut files into documents")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	paths := bufio.NewScanner(os.Stdin)
	for paths.Scan() {
		content, err := os.ReadFile(paths.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		result := file{Path: paths.Text()}
		if *single {
			result.Documents = []document{read(content)}
		} else {
			result.Documents = stream(content)
		}
		if err := encoder.Encode(result); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// stream reads content as YAMLOrJSONDecoder does, but goes on after YAML that is wrong.
func stream(content []byte) []document {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	var documents []document
	if utilyaml.IsJSONBuffer(content) {
		decoder := json.NewDecoder(bytes.NewReader(content))
		var consumed int64
		for {
			var value json.RawMessage
			err := decoder.Decode(&value)
			if err == io.EOF {
				return documents
			}
			if err != nil {
				if len(documents) > 1 {
					return append(documents, document{Error: err.Error()})
				}
				break
			}
			consumed = decoder.InputOffset()
			documents = append(documents, document{Text: string(value), JSON: true})
		}
		if len(documents) == 1 {
			content = content[consumed:]
			text := string(content)
			trimmed := strings.TrimLeft(text, " \t\r")
			content = []byte(strings.TrimPrefix(trimmed, "\n"))
		}
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		chunk, err := reader.Read()
		if err == io.EOF {
			return documents
		}
		var syntax utilyaml.YAMLSyntaxError
		if errors.As(err, &syntax) {
			return append(documents, document{Error: err.Error()})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		documents = append(documents, read(append([]byte(nil), chunk...)))
	}
}

func read(chunk []byte) document {
	result := document{Text: string(chunk)}
	events, err := yaml.Events(chunk)
	if err == nil {
		// Only decoding finds an anchor that contains itself.
		var value interface{}
		decoding := yaml.Unmarshal(chunk, &value)
		if decoding != nil && strings.Contains(decoding.Error(), "value contains itself") {
			err = decoding
		}
	}
	if err != nil {
		result.Error = err.Error()
		return result
	}
	result.Events = events
	return result
}
