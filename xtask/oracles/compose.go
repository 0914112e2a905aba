package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v4"
)

func init() {
	logrus.SetOutput(io.Discard)
}

// compose loads a file as docker compose does, without the steps that look at what the keys mean. The snippets use no
// key that compose knows, so they come through unchanged.
func compose(text []byte) ([]any, error) {
	details := types.ConfigDetails{
		WorkingDir:  "/",
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml", Content: text}},
		Environment: types.Mapping{},
	}
	model, err := loader.LoadModelWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName(projectName, true)
		o.SkipValidation = true
		o.SkipInterpolation = true
		o.SkipNormalization = true
		o.SkipConsistencyCheck = true
		o.SkipExtends = true
		o.SkipInclude = true
		o.SkipResolveEnvironment = true
		o.SkipDefaultValues = true
	})
	if err != nil {
		if strings.Contains(err.Error(), "empty compose file") {
			return nil, nil
		}
		return nil, errors.New(strings.ReplaceAll(err.Error(), "failed to parse compose.yaml: ", ""))
	}
	if model["name"] == projectName {
		delete(model, "name")
	}
	if len(model) == 0 {
		return nil, nil
	}
	return []any{model}, nil
}

const projectName = "oracle"

// isOneDocument leaves out texts of several documents, which compose merges by the meaning of their keys, and empty
// files, which it does not get to read here.
func isOneDocument(s snippet) bool {
	decoder := yaml.NewDecoder(bytes.NewReader(s.text))
	var first, second yaml.Node
	if decoder.Decode(&first) != nil {
		return len(s.text) > 0
	}
	return errors.Is(decoder.Decode(&second), io.EOF)
}
