// Command oracles prints what the programs that read YAML make of it.
//
// It reads the snippets in testdata/yaml/snippets and runs each through the libraries of kubectl, kustomize, helm,
// compose and (as far as it is a fair stand-in) the GitHub workflow reader. The results are the tables
// testdata/yaml/<profile>.tsv, against which kubelint's parser and resolver are tested.
//
//	oracles -data testdata/yaml            compares with the tables; exits 1 on a difference
//	oracles -data testdata/yaml -write     writes the tables
//	oracles -data testdata/yaml -show TEXT prints what every profile makes of a text
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// A profile is one reader of YAML.
type profile struct {
	name string
	// documents returns the values of the documents that the reader gets from a text, null documents left out, and the
	// error that ends them, if any.
	documents func(text []byte) ([]any, error)
	// agrees says whether the row may be in the table; nil if all rows may.
	agrees func(s snippet) bool
}

var profiles = []profile{
	{name: "kubectl", documents: kubectl},
	{name: "kustomize", documents: kustomize},
	{name: "helm", documents: helm},
	{name: "compose", documents: compose, agrees: isOneDocument},
	{name: "workflow", documents: actionlint, agrees: inCoreSchema},
}

// Go's maps are walked in random order, and with them the winner among colliding keys: so many runs show whether a
// result is one.
const runs = 64

// A snippet that takes longer than this is named on standard error.
const slow = time.Second

func main() {
	data := flag.String("data", "testdata/yaml", "folder of the snippets and tables")
	write := flag.Bool("write", false, "write the tables instead of comparing with them")
	show := flag.String("show", "", "a text to run instead of the snippets")
	one := flag.String("one", "", "PROFILE:NAME of a single snippet to run in this process")
	flag.Parse()
	if err := run(*data, *write, *show, *one); err != nil {
		fmt.Fprintln(os.Stderr, "oracles:", err)
		os.Exit(1)
	}
}

func run(data string, write bool, show, one string) error {
	if show != "" {
		for _, p := range profiles {
			fmt.Printf("%s\t%s\n", p.name, outcome(p, []byte(show)))
		}
		return nil
	}
	snippets, err := readSnippets(filepath.Join(data, "snippets"))
	if err != nil {
		return err
	}
	if one != "" {
		return runOne(snippets, one)
	}
	var stale []string
	for _, p := range profiles {
		table, err := makeTable(p, snippets, data)
		if err != nil {
			return err
		}
		path := filepath.Join(data, p.name+".tsv")
		old, _ := os.ReadFile(path)
		if bytes.Equal(old, table) {
			continue
		}
		if !write {
			stale = append(stale, path+"\n"+difference(string(old), string(table)))
			continue
		}
		if err := os.WriteFile(path, table, 0o644); err != nil {
			return err
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("these tables differ from what the libraries say now (-write renews them):\n%s", strings.Join(stale, "\n"))
	}
	return nil
}

func makeTable(p profile, snippets []snippet, data string) ([]byte, error) {
	var rows []string
	for _, s := range snippets {
		if slices.Contains(s.not, p.name) || p.agrees != nil && !p.agrees(s) {
			continue
		}
		start := time.Now()
		var result string
		if s.isolated {
			result = isolated(p, s, data)
		} else {
			result = outcome(p, s.text)
		}
		rows = append(rows, s.name+"\t"+result+"\n")
		if took := time.Since(start); took > slow {
			fmt.Fprintf(os.Stderr, "%s took %v for %q\n", p.name, took.Round(time.Millisecond), s.name)
		}
	}
	slices.Sort(rows)
	return []byte(strings.Join(rows, "")), nil
}

// outcome runs a text through a profile and returns the cells of its row.
func outcome(p profile, text []byte) string {
	n := runs
	if len(text) > 512 {
		n = 1
	}
	seen := map[string]bool{}
	for range n {
		seen[once(p, text)] = true
	}
	var all []string
	for r := range seen {
		all = append(all, r)
	}
	slices.Sort(all)
	if len(all) > 1 {
		return "~" + strings.Join(all, "\t~")
	}
	return all[0]
}

func once(p profile, text []byte) string {
	documents, err := guarded(p, text)
	var cells []string
	for _, d := range documents {
		cells = append(cells, shorten(canonical(d)))
	}
	if err != nil {
		cells = append(cells, "!"+oneLine(err.Error()))
	}
	return strings.Join(cells, "\t")
}

func guarded(p profile, text []byte) (documents []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return p.documents(slices.Clone(text))
}

// isolated runs a snippet that may kill the process (Go cannot recover from a stack overflow) in one of its own.
func isolated(p profile, s snippet, data string) string {
	self, err := os.Executable()
	if err != nil {
		return "!" + err.Error()
	}
	out, err := exec.Command(self, "-data", data, "-one", p.name+":"+s.name).Output()
	if err != nil {
		return "!crash"
	}
	return strings.TrimSuffix(string(out), "\n")
}

func runOne(snippets []snippet, which string) error {
	debug.SetMaxStack(64 << 20)
	profileName, name, _ := strings.Cut(which, ":")
	for _, p := range profiles {
		for _, s := range snippets {
			if p.name == profileName && s.name == name {
				fmt.Println(outcome(p, s.text))
				return nil
			}
		}
	}
	return fmt.Errorf("no snippet %q", which)
}

// oneLine makes an error message fit a cell.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 160 {
		s = strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}

func difference(old, now string) string {
	was := strings.Split(old, "\n")
	is := strings.Split(now, "\n")
	var out []string
	for _, line := range was {
		if _, found := slices.BinarySearch(is[:len(is)-1], line); !found && line != "" {
			out = append(out, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}
