package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A snippet is a text to read, with the name of its row in the tables.
type snippet struct {
	name     string
	text     []byte
	isolated bool     // run in a process of its own
	not      []string // profiles that are not asked
}

// readSnippets reads all snippets of a folder; testdata/yaml/README.md describes the formats.
func readSnippets(dir string) ([]snippet, error) {
	scalars, err := readScalars(filepath.Join(dir, "scalars.txt"))
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.snip"))
	if err != nil {
		return nil, err
	}
	snippets := scalars
	for _, file := range files {
		more, err := readFile(file)
		if err != nil {
			return nil, err
		}
		snippets = append(snippets, more...)
	}
	seen := map[string]bool{}
	for _, s := range snippets {
		if seen[s.name] {
			return nil, fmt.Errorf("two snippets are named %q", s.name)
		}
		seen[s.name] = true
	}
	return snippets, nil
}

// readScalars makes three snippets of each line: a value, a key, and a key in a nested mapping.
func readScalars(path string) ([]snippet, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var snippets []snippet
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		snippets = append(snippets,
			snippet{name: "scalar " + line, text: []byte("v: " + line + "\n")},
			snippet{name: "key " + line, text: []byte("v:\n  " + line + ": x\n")},
			snippet{name: "root key " + line, text: []byte(line + ": x\n")})
	}
	return snippets, lines.Err()
}

func readFile(path string) ([]snippet, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	group := strings.TrimSuffix(filepath.Base(path), ".snip")
	var snippets []snippet
	for i, part := range strings.Split("\n"+string(text), "\n=== ") {
		if i == 0 {
			continue // what stands before the first header is a comment
		}
		header, body, _ := strings.Cut(part, "\n")
		if !strings.HasSuffix(body, "\n") && body != "" {
			body += "\n"
		}
		s, err := makeSnippet(group, header, body)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, header, err)
		}
		snippets = append(snippets, s)
	}
	return snippets, nil
}

func makeSnippet(group, header, body string) (snippet, error) {
	name, attributes, _ := strings.Cut(header, " | ")
	s := snippet{name: group + " " + name, text: []byte(body)}
	for _, a := range strings.Fields(attributes) {
		switch {
		case a == "escaped":
			text, err := unescape(body)
			if err != nil {
				return s, err
			}
			s.text = text
		case a == "utf-16le":
			s.text = utf16Text(binary.LittleEndian, body)
		case a == "utf-16be":
			s.text = utf16Text(binary.BigEndian, body)
		case a == "isolated":
			s.isolated = true
		case strings.HasPrefix(a, "not="):
			s.not = strings.Split(strings.TrimPrefix(a, "not="), ",")
		default:
			return s, fmt.Errorf("unknown attribute %q", a)
		}
	}
	return s, nil
}

// unescape reads \n \r \t \\ \xNN, a \ at the end of a line (which joins it with the next) and \{N*text}, which repeats
// the text N times.
func unescape(s string) ([]byte, error) {
	var out []byte
	for s != "" {
		c := s[0]
		if c != '\\' || len(s) < 2 {
			out, s = append(out, c), s[1:]
			continue
		}
		kind := s[1]
		s = s[2:]
		switch kind {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '\\':
			out = append(out, '\\')
		case '\n':
		case 'x':
			b, err := strconv.ParseUint(s[:2], 16, 8)
			if err != nil {
				return nil, err
			}
			out, s = append(out, byte(b)), s[2:]
		case '{':
			inner, rest, _ := strings.Cut(s, "}")
			count, text, _ := strings.Cut(inner, "*")
			n, err := strconv.Atoi(count)
			if err != nil {
				return nil, err
			}
			part, err := unescape(text)
			if err != nil {
				return nil, err
			}
			out, s = append(out, bytes.Repeat(part, n)...), rest
		default:
			return nil, fmt.Errorf("unknown escape \\%c", kind)
		}
	}
	return out, nil
}

func utf16Text(order binary.AppendByteOrder, s string) []byte {
	out := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}
