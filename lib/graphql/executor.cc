#include "lib/graphql/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace gm::graphql {
namespace {

// A step of the way to a field; lives on the stack.
struct Path {
  const Path* up = nullptr;
  std::string_view key;
  size_t index = 0;
  bool is_index = false;
};

std::vector<PathStep> steps_of(const Path* path) {
  std::vector<PathStep> steps;
  for (; path; path = path->up) {
    if (path->is_index) {
      steps.emplace_back(path->index);
    } else {
      steps.emplace_back(std::string(path->key));
    }
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

// The selections that give one response key its value.
struct Group {
  std::string_view key;
  std::vector<const ast::Selection*> selections;
  const Field* field = nullptr;
  CoercedArguments arguments;
};
struct Collected {
  std::vector<std::unique_ptr<Group>> groups;
  std::unordered_map<std::string_view, Group*> by_key;
  std::unordered_set<std::string_view> fragments;
  std::optional<std::string> error;  // a condition of @skip or @include that is null
};

// null: nothing was written, and it is no error yet. failed: nothing was written, the error has been told.
enum class Completion : uint8_t { written, null, failed };

class Executor {
 public:
  explicit Executor(const Execution& execution) : e_(execution) {
    for (const ast::Definition& definition : e_.document.definitions()) {
      if (definition.kind == ast::DefinitionKind::fragment) fragments_.emplace(definition.name.text, &definition);
    }
  }

  ExecutionResult run() {
    const NamedType& type = *e_.schema.root(e_.operation.operation);
    Collected collected;
    collect(type, *e_.operation.selections, collected);
    finish(collected, type);
    if (object(type, e_.root.data, collected, nullptr, nullptr) != Completion::written) out_ = "null";
    return {std::move(out_), std::move(errors_)};
  }

  Subscribed subscribe() {
    const NamedType& type = *e_.schema.root(e_.operation.operation);
    Collected collected;
    collect(type, *e_.operation.selections, collected);
    finish(collected, type);
    std::unique_ptr<Source> source;
    if (collected.error) {
      fail(nullptr, nullptr, "gm-graphql-variables", *collected.error);
    } else if (collected.groups.empty()) {
      fail(nullptr, nullptr, "gm-graphql-operation-unknown", "the subscription selects nothing");
    } else {
      source = start_source(type, *collected.groups.front());
    }
    return {std::move(source), std::move(errors_)};
  }

 private:
  std::unique_ptr<Source> start_source(const NamedType& type, const Group& group) {
    const Path path{nullptr, group.key, 0, false};
    if (group.arguments.error) {
      fail(&group, &path, "gm-graphql-variables", *group.arguments.error);
      return nullptr;
    }
    const Arguments arguments(group.arguments.values);
    auto source = group.field->subscriber(Call{e_.root.data, &type, group.field->name, arguments, e_.context});
    if (source) return std::move(*source);
    fail(&group, &path, source.error().code, source.error().message);
    return nullptr;
  }

  void fail(const Group* group, const Path* path, std::string code, std::string message) {
    QueryError error{std::move(code), std::move(message), {}, steps_of(path), {}};
    if (group) {
      for (const auto* selection : group->selections) error.locations.push_back(e_.document.locate(selection->at));
    }
    errors_.push_back(std::move(error));
  }

  // --- which fields ---
  bool included(const List<ast::Directive>& directives, Collected& into) const {
    for (const ast::Directive& each : directives) {
      const bool skip = each.name.text == "skip";
      if (!skip && each.name.text != "include") continue;
      const auto coerced =
          coerce_arguments(e_.schema.directive(each.name.text)->arguments, each.arguments, e_.variables);
      if (coerced.error) {
        into.error = coerced.error;
        return false;
      }
      if (coerced.values.front().second.boolean == skip) return false;
    }
    return true;
  }

  bool applies(const ast::Name& condition, const NamedType& type) const {
    if (!condition.present()) return true;
    const NamedType* wanted = e_.schema.type(condition.text);
    return wanted && Schema::is_possible(*wanted, type);
  }

  void collect(const NamedType& type, const ast::SelectionSet& set, Collected& into) const {
    for (const ast::Selection& selection : set.items) {
      if (!included(selection.directives, into)) continue;
      if (selection.kind == ast::SelectionKind::field) {
        Group*& group = into.by_key[selection.response_key()];
        if (!group) {
          group = into.groups.emplace_back(std::make_unique<Group>()).get();
          group->key = selection.response_key();
        }
        group->selections.push_back(&selection);
      } else if (selection.kind == ast::SelectionKind::inline_fragment) {
        if (applies(selection.condition, type)) collect(type, *selection.selections, into);
      } else if (into.fragments.insert(selection.name.text).second) {
        const ast::Definition& fragment = *fragments_.at(selection.name.text);
        if (applies(fragment.condition, type)) collect(type, *fragment.selections, into);
      }
    }
  }

  // Fields and arguments do not depend on the object: they are found once for all items of a list.
  void finish(Collected& collected, const NamedType& type) const {
    for (const auto& group : collected.groups) {
      const ast::Selection& first = *group->selections.front();
      group->field = e_.schema.field(type, first.name.text);
      if (group->field) {
        group->arguments = coerce_arguments(group->field->arguments, first.arguments, e_.variables);
      }
    }
  }

  const Collected& collected_of(const Group& group, const NamedType& type) {
    auto& known = collected_[{&group, &type}];
    if (!known) {
      known = std::make_unique<Collected>();
      for (const ast::Selection* selection : group.selections) {
        if (selection->selections) collect(type, *selection->selections, *known);
      }
      finish(*known, type);
    }
    return *known;
  }

  // --- values ---
  Completion object(const NamedType& type, const std::shared_ptr<const void>& data, const Collected& collected,
                    const Group* around, const Path* path) {
    if (collected.error) {
      fail(around, path, "gm-graphql-variables", *collected.error);
      return Completion::failed;
    }
    const size_t mark = out_.size();
    out_ += '{';
    bool first = true;
    for (const auto& group : collected.groups) {
      if (!group->field) continue;
      if (!first) out_ += ',';
      first = false;
      append_json_string(group->key, out_);
      out_ += ':';
      const Path here{path, group->key, 0, false};
      if (!put(*group->field->type, *group, field(type, data, *group, here), here)) {
        out_.resize(mark);
        return Completion::failed;
      }
    }
    out_ += '}';
    return Completion::written;
  }

  // What is not written becomes null, or goes up: then false.
  bool put(const TypeUse& type, const Group& group, Completion outcome, const Path& path) {
    if (outcome == Completion::written) return true;
    if (!type.non_null()) {
      out_ += "null";
      return true;
    }
    if (outcome == Completion::null) {
      fail(&group, &path, "gm-internal", fmt::format("there is no value, but the type is {}", type.text()));
    }
    return false;
  }

  Completion field(const NamedType& type, const std::shared_ptr<const void>& data, const Group& group,
                   const Path& path) {
    if (group.field->name == "__typename") {
      append_json_string(type.name, out_);
      return Completion::written;
    }
    if (e_.expired && e_.expired()) {
      fail(&group, &path, "gm-query-timeout", "the operation takes too long");
      return Completion::failed;
    }
    if (out_.size() > e_.bytes_max) {
      fail(&group, &path, "gm-graphql-too-large", fmt::format("the answer is longer than {} bytes", e_.bytes_max));
      return Completion::failed;
    }
    if (group.arguments.error) {
      fail(&group, &path, "gm-graphql-variables", *group.arguments.error);
      return Completion::failed;
    }
    const Arguments arguments(group.arguments.values);
    const Result<Value> value = group.field->resolver(Call{data, &type, group.field->name, arguments, e_.context});
    if (!value) {
      fail(&group, &path, value.error().code, value.error().message);
      return Completion::failed;
    }
    return complete(*group.field->type, group, *value, path);
  }

  Completion complete(const TypeUse& type, const Group& group, const Value& value, const Path& path) {
    if (type.non_null()) return complete(*type.of, group, value, path);
    if (value.is_null()) return Completion::null;
    if (type.form == ast::TypeForm::list) return list(*type.of, group, value, path);
    if (type.named->leaf()) return leaf(*type.named, group, value, path);
    const auto* object_value = value.get<Value::Object>();
    if (!object_value) return mismatch(*type.named, group, path);
    const NamedType* concrete = type.named->kind == TypeKind::object ? type.named : e_.schema.type(object_value->type);
    if (!concrete || concrete->kind != TypeKind::object || !Schema::is_possible(*type.named, *concrete)) {
      return mismatch(*type.named, group, path);
    }
    return object(*concrete, object_value->data, collected_of(group, *concrete), &group, &path);
  }

  Completion list(const TypeUse& item, const Group& group, const Value& value, const Path& path) {
    const auto* items = value.get<std::vector<Value>>();
    if (!items) return mismatch(*item.named, group, path);
    const size_t mark = out_.size();
    out_ += '[';
    for (size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out_ += ',';
      const Path here{&path, {}, i, true};
      if (!put(item, group, complete(item, group, (*items)[i], here), here)) {
        out_.resize(mark);
        return Completion::failed;
      }
    }
    out_ += ']';
    return Completion::written;
  }

  Completion mismatch(const NamedType& type, const Group& group, const Path& path) {
    fail(&group, &path, "gm-internal", fmt::format("the value is no {}", type.name));
    return Completion::failed;
  }

  Completion leaf(const NamedType& type, const Group& group, const Value& value, const Path& path) {
    const bool written = type.kind == TypeKind::enumeration ? enumeration(type, value) : scalar(type, value);
    return written ? Completion::written : mismatch(type, group, path);
  }

  bool enumeration(const NamedType& type, const Value& value) {
    const auto* text = value.get<std::string>();
    if (!text || !type.value(*text)) return false;
    append_json_string(*text, out_);
    return true;
  }

  bool scalar(const NamedType& type, const Value& value) {
    const auto* integer = value.get<int64_t>();
    if (type.name == "Int") {
      const bool fits =
          integer && *integer >= std::numeric_limits<int32_t>::min() && *integer <= std::numeric_limits<int32_t>::max();
      return fits && number(value);
    }
    if (type.name == "Float") return number(value);
    if (type.name == "Boolean") return value.get<bool>() && any(value);
    if (type.name == "ID" && integer) {
      append_json_string(std::to_string(*integer), out_);
      return true;
    }
    if (type.name == "ID" || type.name == "String") return value.get<std::string>() && any(value);
    return any(value);
  }

  bool number(const Value& value) {
    const auto* real = value.get<double>();
    if (real && !std::isfinite(*real)) return false;
    return (real || value.get<int64_t>()) && any(value);
  }

  bool any(const Value& value) {
    if (const auto* text = value.get<std::string>()) {
      append_json_string(*text, out_);
    } else if (const auto* flag = value.get<bool>()) {
      out_ += *flag ? "true" : "false";
    } else if (const auto* integer = value.get<int64_t>()) {
      fmt::format_to(std::back_inserter(out_), "{}", *integer);
    } else if (const auto* real = value.get<double>()) {
      fmt::format_to(std::back_inserter(out_), "{}", *real);
    } else if (const auto* json = value.get<Value::Json>()) {
      out_ += json->text;
    } else {
      return false;
    }
    return true;
  }

  const Execution& e_;
  std::unordered_map<std::string_view, const ast::Definition*> fragments_;
  std::map<std::pair<const Group*, const NamedType*>, std::unique_ptr<Collected>> collected_;
  std::string out_;
  std::vector<QueryError> errors_;
};

}  // namespace

const InputValue* Arguments::find(std::string_view name) const {
  for (const auto& [each, value] : values_) {
    if (each == name) return &value;
  }
  return nullptr;
}
bool Arguments::given(std::string_view name) const {
  const InputValue* found = find(name);
  return found && !found->is_null();
}
const std::string& Arguments::text(std::string_view name) const { return find(name)->text; }
int64_t Arguments::integer(std::string_view name) const { return find(name)->integer; }
bool Arguments::boolean(std::string_view name) const { return find(name)->boolean; }

ExecutionResult execute(const Execution& execution) { return Executor(execution).run(); }
Subscribed subscribe(const Execution& execution) { return Executor(execution).subscribe(); }

}  // namespace gm::graphql
