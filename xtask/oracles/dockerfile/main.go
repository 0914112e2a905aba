// Command dockerfile prints what BuildKit's frontend makes of Dockerfiles and of words with variables.
//
//	dockerfile -data testdata/dockerfile           compares with the tables; exits 1 on a difference
//	dockerfile -data testdata/dockerfile -write    writes the tables
//	dockerfile -show FILE...                       prints a row for each file
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

func main() {
	data := flag.String("data", "testdata/dockerfile", "folder of the snippets and tables")
	write := flag.Bool("write", false, "write the tables instead of comparing with them")
	show := flag.Bool("show", false, "print a row for each file that is named")
	flag.Parse()
	if *show {
		for _, path := range flag.Args() {
			text, err := os.ReadFile(path)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Println(path + "\t" + file(text))
		}
		return
	}
	if err := run(*data, *write); err != nil {
		fmt.Fprintln(os.Stderr, "dockerfile:", err)
		os.Exit(1)
	}
}

func run(data string, write bool) error {
	files, err := table(filepath.Join(data, "snippets.txt"), func(text string) string { return file([]byte(text)) })
	if err != nil {
		return err
	}
	words, err := os.ReadFile(filepath.Join(data, "words.txt"))
	if err != nil {
		return err
	}
	var rows []string
	for _, line := range strings.Split(strings.TrimSuffix(string(words), "\n"), "\n") {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, line+"\t"+word(line))
		}
	}
	for path, rows := range map[string][]string{"snippets.tsv": files, "words.tsv": rows} {
		path = filepath.Join(data, path)
		text := []byte(strings.Join(rows, "\n") + "\n")
		old, _ := os.ReadFile(path)
		switch {
		case bytes.Equal(old, text):
		case !write:
			return fmt.Errorf("%s differs from what BuildKit says now (-write renews it)", path)
		default:
			if err := os.WriteFile(path, text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func table(path string, outcome func(string) string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []string
	for i, part := range strings.Split("\n"+string(text), "\n=== ") {
		if i == 0 {
			continue // what stands before the first header is a comment
		}
		name, body, _ := strings.Cut(part, "\n")
		if !strings.HasSuffix(body, "\n") {
			body += "\n"
		}
		rows = append(rows, name+"\t"+outcome(body))
	}
	return rows, nil
}

// file returns the cells of a Dockerfile's row: one for each instruction, or that it is refused.
func file(text []byte) string {
	result, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return "!"
	}
	var cells []string
	for _, node := range result.AST.Children {
		cells = append(cells, marshal(instruction(node)))
	}
	// This changes the tree.
	if stages, _, err := instructions.Parse(result.AST, nil); err != nil || len(stages) == 0 {
		return "!"
	}
	return strings.Join(cells, "\t")
}

func instruction(node *parser.Node) []any {
	flags := append([]string{}, node.Flags...)
	heredocs := []any{}
	for _, h := range node.Heredocs {
		heredocs = append(heredocs, []any{h.Name, h.Content, h.Expand, h.Chomp})
	}
	cell := []any{strings.ToLower(node.Value), flags}
	args := []any{}
	for next := node.Next; next != nil; next = next.Next {
		if len(next.Children) == 1 {
			args = append(args, instruction(next.Children[0]))
		} else {
			args = append(args, next.Value)
		}
	}
	return append(cell, args, node.Attributes["json"], heredocs)
}

// What the variables of words.txt hold; `unset` is not set.
var env = shell.EnvsFromSlice([]string{
	"a=alpha", "b=beta/gamma/delta", "empty=", "two=one two", "star=x*y", "path=/usr/local/bin", "v=1.2.3", "é=accent", "1=one",
})

// word returns a word's value and the words that it makes, or that it is refused.
func word(text string) string {
	lex := shell.NewLex('\\')
	value, _, err := lex.ProcessWord(text, env)
	if err != nil {
		return "!"
	}
	words, err := lex.ProcessWords(text, env)
	if err != nil {
		return "!"
	}
	if words == nil {
		words = []string{}
	}
	return marshal(value) + "\t" + marshal(words)
}

func marshal(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}
