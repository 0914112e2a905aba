package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	yaml3 "go.yaml.in/yaml/v3"
	"go.yaml.in/yaml/v4"
)

// actionlint reads a workflow as actionlint does: the first document, into nodes. Scalars are resolved by the library's
// tags.
func actionlint(text []byte) ([]any, error) {
	var root yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&root)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := nodeValue(&root)
	if v == nil || err != nil {
		return nil, err
	}
	return []any{v}, nil
}

func nodeValue(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return nodeValue(n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			v, err := nodeValue(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		s := []any{}
		for _, c := range n.Content {
			v, err := nodeValue(c)
			if err != nil {
				return nil, err
			}
			s = append(s, v)
		}
		return s, nil
	default:
		var v any
		err := n.Decode(&v)
		return v, err
	}
}

// The YAML 1.2 core schema (YAML 1.2.2 §10.3.2), which is what GitHub's own reader follows. (actions/runner,
// src/Sdk/WorkflowParser/Conversion/YamlObjectReader.cs, names it as its source.)
var (
	bareTag  = regexp.MustCompile(`(^|[\s\[{,:])!(\s|$)`)
	coreNull = regexp.MustCompile(`^(|~|null|Null|NULL)$`)
	coreBool = regexp.MustCompile(`^(true|True|TRUE|false|False|FALSE)$`)
	coreInt  = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	// Integers that all readers of the core schema read alike: no leading zero (decimal there, octal in go-yaml), and
	// small enough for a double and, in bases 8 and 16, for GitHub's 32 bits.
	plainInt  = regexp.MustCompile(`^([-+]?(0|[1-9][0-9]{0,14})|0o[0-7]{1,10}|0x[0-9a-fA-F]{1,7})$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	coreSpecs = regexp.MustCompile(`^([-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN)$`)
)

// inCoreSchema keeps the rows in which actionlint's library and the core schema give every scalar the same type.
// GitHub's own reader is not in Go and cannot be asked; where the two differ, or where tags, anchors, merges or
// duplicate keys come in, neither speaks for it, and the row is left out; so is text that an older library refuses.
func inCoreSchema(s snippet) bool {
	var root yaml.Node
	if yaml.NewDecoder(bytes.NewReader(s.text)).Decode(&root) != nil {
		return false
	}
	var again yaml3.Node
	return yaml3.Unmarshal(s.text, &again) == nil && !bareTag.Match(s.text) && nodeInCoreSchema(&root)
}

func nodeInCoreSchema(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return false
	}
	if n.Kind == yaml.ScalarNode && n.Style == 0 && n.ShortTag() != coreTag(n.Value) {
		return false
	}
	seen := map[string]bool{}
	for i, c := range n.Content {
		if !nodeInCoreSchema(c) {
			return false
		}
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if c.Kind != yaml.ScalarNode || c.ShortTag() != "!!str" || seen[strings.ToLower(c.Value)] {
				return false
			}
			seen[strings.ToLower(c.Value)] = true
		}
	}
	return true
}

func coreTag(text string) string {
	switch {
	case coreNull.MatchString(text):
		return "!!null"
	case coreBool.MatchString(text):
		return "!!bool"
	case plainInt.MatchString(text):
		return "!!int"
	case coreInt.MatchString(text):
		return "" // an integer, but not the same everywhere
	case coreFloat.MatchString(text), coreSpecs.MatchString(text):
		return "!!float"
	default:
		return "!!str"
	}
}
