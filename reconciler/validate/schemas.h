#pragma once

#include "model/document.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl
{

/// The schemas that are compiled into the program: kind (as `McpServer`) -> JSON text. They are the
/// single source of truth for what a manifest may say.
const std::map<std::string_view, std::string_view>& embeddedSchemas();

/// The kinds that have a schema, sorted.
std::vector<std::string> knownKinds();

/// The schemas in the form in which documents are checked. Made once, then only read: any number of
/// threads may share one, each through its own SchemaChecker.
class CompiledSchemas
{
public:
    /// From kind -> JSON text. Throws std::logic_error on a schema that is not one.
    explicit CompiledSchemas(const std::map<std::string_view, std::string_view>& texts);
    ~CompiledSchemas();
    CompiledSchemas(const CompiledSchemas&) = delete;
    CompiledSchemas& operator=(const CompiledSchemas&) = delete;

    /// Of the embedded schemas; compiled at the first call.
    static const CompiledSchemas& builtIn();

private:
    friend class SchemaChecker;
    struct Impl;
    std::unique_ptr<const Impl> impl_;
};

/// Checks one document after the other. Keeps compiled patterns, so one checker per run is cheaper than
/// one per document; for one thread at a time.
///
/// valijson judges. Its own texts say little, so the words come from explain.h; that a document is bad
/// is never lost between the two.
class SchemaChecker
{
public:
    explicit SchemaChecker(const CompiledSchemas& schemas);
    ~SchemaChecker();
    SchemaChecker(const SchemaChecker&) = delete;
    SchemaChecker& operator=(const SchemaChecker&) = delete;

    /// Everything that is wrong with `document`, one finding per mistake: `not-a-mapping`,
    /// `missing-field`, `unknown-kind`, `too-long`, and those of explain(). Empty: it obeys the schema
    /// of its kind.
    Diagnostics check(const Document& document);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}
