package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/yaml"
)

// raw keeps the JSON text that it is given, as runtime.RawExtension does.
type raw []byte

func (r *raw) UnmarshalJSON(text []byte) error {
	*r = append((*r)[:0], text...)
	return nil
}

// kubectl reads a stream as kubectl's resource builder does (k8s.io/cli-runtime pkg/resource, StreamVisitor): into raw
// JSON, the documents that are null left out.
func kubectl(text []byte) ([]any, error) {
	decoder := yamlutil.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var documents []any
	for {
		var r raw
		err := decoder.Decode(&r)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return documents, err
		}
		r = bytes.TrimSpace(r)
		if len(r) == 0 || bytes.Equal(r, []byte("null")) {
			continue
		}
		v, err := fromJSON(r)
		if err != nil {
			return documents, err
		}
		documents = append(documents, v)
	}
}

// kustomize reads resources as kustomize's resource factory does (kio.FromBytes) and gives them on as its build command
// does (RNode.MarshalJSON).
func kustomize(text []byte) ([]any, error) {
	nodes, err := kio.FromBytes(text)
	if err != nil {
		return nil, err
	}
	var documents []any
	for _, n := range nodes {
		text, err := n.MarshalJSON()
		if err != nil {
			return documents, err
		}
		v, err := fromJSON(text)
		if err != nil {
			return documents, err
		}
		documents = append(documents, v)
	}
	return documents, nil
}

// helm reads values files as helm 4 does (pkg/chart/v2/loader, LoadValues): split as kubectl splits, each document into
// a map, merged. The merging is left out: the documents are returned one by one. The loader itself is not called
// because it brings in all of client-go.
func helm(text []byte) ([]any, error) {
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	reader := yamlutil.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var documents []any
	for {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return documents, err
		}
		values := map[string]any{}
		if err := yaml.Unmarshal(part, &values); err != nil {
			return documents, err
		}
		if len(values) > 0 {
			documents = append(documents, map[string]any(values))
		}
	}
}

var _ json.Unmarshaler = (*raw)(nil)
