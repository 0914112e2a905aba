// This file is compiled into a copy of go.yaml.in/yaml/v2 (see build.sh), because that package shows its events to nobody.

//go:build kubelint_events

package yaml

import "strconv"

// Event is one step through a document's tree, as go-yaml's parser sees it.
type Event struct {
	// Type is one of "map", "seq", "end", "scalar", "alias".
	Type string `json:"type"`
	// Style is the way a scalar or collection is written.
	Style string `json:"style,omitempty"`
	// Value is a scalar's text, or the anchor that an alias names.
	Value string `json:"value,omitempty"`
	// Anchor is the name of the node's anchor.
	Anchor string `json:"anchor,omitempty"`
	// Tag is the node's tag with its handle resolved.
	Tag string `json:"tag,omitempty"`
	// Index is the offset in characters at which the node ends.
	End int `json:"end"`
}

// Events reads the first document as Unmarshal does, aliases included, but without a look at what it means.
func Events(in []byte) (events []Event, err error) {
	defer handleErr(&err)
	p := newParser(in)
	defer p.destroy()
	p.init()
	if p.peek() == yaml_STREAM_END_EVENT {
		return nil, nil
	}
	p.expect(yaml_DOCUMENT_START_EVENT)
	known := map[string]bool{}
	for p.peek() != yaml_DOCUMENT_END_EVENT {
		e := &p.event
		event := Event{Anchor: string(e.anchor), Tag: string(e.tag), End: e.end_mark.index}
		switch e.typ {
		case yaml_SCALAR_EVENT:
			event.Type = "scalar"
			event.Value = string(e.value)
			event.Style = map[yaml_scalar_style_t]string{
				yaml_PLAIN_SCALAR_STYLE:         "Plain",
				yaml_SINGLE_QUOTED_SCALAR_STYLE: "SingleQuoted",
				yaml_DOUBLE_QUOTED_SCALAR_STYLE: "DoubleQuoted",
				yaml_LITERAL_SCALAR_STYLE:       "Literal",
				yaml_FOLDED_SCALAR_STYLE:        "Folded",
			}[yaml_scalar_style_t(e.style)]
		case yaml_ALIAS_EVENT:
			event.Type = "alias"
			event.Value = event.Anchor
			event.Anchor = ""
			if !known[event.Value] {
				failf("unknown anchor %s", strconv.Quote(event.Value))
			}
		case yaml_MAPPING_START_EVENT:
			event.Type = "map"
			event.Style = style(e.style == yaml_style_t(yaml_FLOW_MAPPING_STYLE))
		case yaml_SEQUENCE_START_EVENT:
			event.Type = "seq"
			event.Style = style(e.style == yaml_style_t(yaml_FLOW_SEQUENCE_STYLE))
		default:
			event.Type = "end"
		}
		if event.Anchor != "" {
			known[event.Anchor] = true
		}
		events = append(events, event)
		p.expect(e.typ)
	}
	p.expect(yaml_DOCUMENT_END_EVENT)
	return events, nil
}

func style(flow bool) string {
	if flow {
		return "Flow"
	}
	return "Block"
}
