// A Terraform provider that has the AWS provider's schema and nothing else: it plans what was written, and applies by making values up.
// It lets `terraform validate` and `terraform test` check names, types and required fields on a machine that cannot obtain the real provider.
// It reads the schema from the file that GM_AWS_SCHEMA names (scripts/terraform/provider_schema.py writes it). Never use it for anything else.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type attributeFile struct {
	Type                         json.RawMessage
	Optional, Required, Computed bool
}

type nestedFile struct {
	NestingMode string `json:"nesting_mode"`
	MaxItems    int64  `json:"max_items"`
	MinItems    int64  `json:"min_items"`
	Block       blockFile
}

type blockFile struct {
	Attributes map[string]attributeFile
	BlockTypes map[string]nestedFile `json:"block_types"`
}

type schemaFile struct{ Block blockFile }

type allFile struct {
	Provider  schemaFile
	Resources map[string]schemaFile `json:"resource_schemas"`
	Data      map[string]schemaFile `json:"data_source_schemas"`
}

var nesting = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"map":    tfprotov5.SchemaNestedBlockNestingModeMap,
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func block(file blockFile) (*tfprotov5.SchemaBlock, error) {
	made := &tfprotov5.SchemaBlock{}
	for _, name := range sortedKeys(file.Attributes) {
		attribute := file.Attributes[name]
		kind, err := tftypes.ParseJSONType(attribute.Type) //nolint:staticcheck // the schema's own notation of types
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made.Attributes = append(made.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: kind, Optional: attribute.Optional, Required: attribute.Required, Computed: attribute.Computed})
	}
	for _, name := range sortedKeys(file.BlockTypes) {
		nested := file.BlockTypes[name]
		inner, err := block(nested.Block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made.BlockTypes = append(made.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: name, Nesting: nesting[nested.NestingMode], MaxItems: nested.MaxItems, MinItems: nested.MinItems, Block: inner})
	}
	return made, nil
}

func schemas(files map[string]schemaFile) (map[string]*tfprotov5.Schema, error) {
	made := map[string]*tfprotov5.Schema{}
	for name, file := range files {
		inner, err := block(file.Block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made[name] = &tfprotov5.Schema{Block: inner}
	}
	return made, nil
}

func load(path string) (*tfprotov5.GetProviderSchemaResponse, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all allFile
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	own, err := block(all.Provider.Block)
	if err != nil {
		return nil, err
	}
	resources, err := schemas(all.Resources)
	if err != nil {
		return nil, err
	}
	data, err := schemas(all.Data)
	return &tfprotov5.GetProviderSchemaResponse{ServerCapabilities: &tfprotov5.ServerCapabilities{},
		Provider: &tfprotov5.Schema{Block: own}, ResourceSchemas: resources, DataSourceSchemas: data}, err
}

// What is not overridden here (imports, functions, ephemeral resources) is not asked for by validate, plan and test.
type server struct {
	tfprotov5.ProviderServer
	schema *tfprotov5.GetProviderSchemaResponse
}

func (s *server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	return &tfprotov5.GetMetadataResponse{ServerCapabilities: &tfprotov5.ServerCapabilities{}}, nil
}

func (s *server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return s.schema, nil
}

func (s *server) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s *server) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *server) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s *server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s *server) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	kind := s.schema.ResourceSchemas[r.TypeName].ValueType()
	value, err := r.RawState.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov5.NewDynamicValue(kind, value)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &state}, err
}

func (s *server) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState}, nil
}

func (s *server) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	unknown := func(kind tftypes.Type, _ string) tftypes.Value { return tftypes.NewValue(kind, tftypes.UnknownValue) }
	state, err := fill(s.schema.ResourceSchemas[r.TypeName], r.ProposedNewState, unknown)
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: state}, err
}

func (s *server) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	state, err := fill(s.schema.ResourceSchemas[r.TypeName], r.PlannedState, madeUp)
	return &tfprotov5.ApplyResourceChangeResponse{NewState: state}, err
}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	state, err := fill(s.schema.DataSourceSchemas[r.TypeName], r.Config, madeUp)
	return &tfprotov5.ReadDataSourceResponse{State: state}, err
}

// fill gives every attribute that AWS would compute, and that nobody set, a value of the right type.
func fill(schema *tfprotov5.Schema, from *tfprotov5.DynamicValue, value func(tftypes.Type, string) tftypes.Value) (*tfprotov5.DynamicValue, error) {
	kind := schema.ValueType()
	all, err := from.Unmarshal(kind)
	if err != nil || all.IsNull() {
		return from, err
	}
	computed := map[string]bool{}
	for _, attribute := range schema.Block.Attributes {
		computed[attribute.Name] = attribute.Computed
	}
	all, err = tftypes.Transform(all, func(path *tftypes.AttributePath, own tftypes.Value) (tftypes.Value, error) {
		steps := path.Steps()
		if len(steps) != 1 || (!own.IsNull() && own.IsKnown()) {
			return own, nil
		}
		if name := string(steps[0].(tftypes.AttributeName)); computed[name] {
			return value(own.Type(), name), nil
		}
		return own, nil
	})
	if err != nil {
		return nil, err
	}
	made, err := tfprotov5.NewDynamicValue(kind, all)
	return &made, err
}

func madeUp(kind tftypes.Type, name string) tftypes.Value {
	switch {
	case kind.Is(tftypes.String):
		return tftypes.NewValue(kind, "made-up-"+name)
	case kind.Is(tftypes.Number):
		return tftypes.NewValue(kind, 1)
	case kind.Is(tftypes.Bool):
		return tftypes.NewValue(kind, false)
	}
	switch whole := kind.(type) {
	case tftypes.List:
		return tftypes.NewValue(kind, []tftypes.Value{madeUp(whole.ElementType, name)})
	case tftypes.Set:
		return tftypes.NewValue(kind, []tftypes.Value{madeUp(whole.ElementType, name)})
	case tftypes.Map:
		return tftypes.NewValue(kind, map[string]tftypes.Value{})
	case tftypes.Object:
		fields := map[string]tftypes.Value{}
		for field, inner := range whole.AttributeTypes {
			fields[field] = madeUp(inner, field)
		}
		return tftypes.NewValue(kind, fields)
	}
	return tftypes.NewValue(kind, nil)
}

func main() {
	schema, err := load(os.Getenv("GM_AWS_SCHEMA"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "the schema named by GM_AWS_SCHEMA cannot be read:", err)
		os.Exit(1)
	}
	own := func() tfprotov5.ProviderServer { return &server{schema: schema} }
	if err := tf5server.Serve("registry.terraform.io/hashicorp/aws", own); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
