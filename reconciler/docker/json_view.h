#pragma once

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcpctl::docker
{

/// A place in an answer of the engine, read with suspicion: what is missing or null reads as empty, and what has
/// another type than the API promises is OrchestratorError (failed) that names the place. Nothing else is ever thrown.
///
/// Texts of errors hold places, never values: an answer may have secrets in it. A view keeps the answer that it looks
/// into; several threads may read the same one at once.
class JsonView
{
public:
    /// Neither missing nor null.
    bool present() const { return value_.has_value(); }

    /// A member of an object; nothing for an absent one.
    JsonView operator[](std::string_view name) const;

    /// The same, for a member without which nothing makes sense: absent or null is an error too.
    JsonView required(std::string_view name) const;

    std::string text() const;
    std::int64_t number(std::int64_t absent = 0) const;
    std::uint64_t count() const; ///< up to 2^64 - 1; 0 for an absent one
    bool flag(bool absent = false) const;
    std::vector<std::string> texts() const;             ///< an array of strings; empty for null
    std::map<std::string, std::string> textMap() const; ///< an object of strings; a null in it is empty text
    std::vector<JsonView> items() const;                ///< of an array
    std::map<std::string, JsonView> members() const;    ///< of an object
    bool isEmptyList() const;                           ///< an array that is there and has nothing in it

    [[noreturn]] void fail(const std::string& problem) const;

private:
    using Document = std::shared_ptr<const simdjson::dom::document>;
    using Element = simdjson::dom::element;

    friend JsonView parseJson(std::string_view text, const std::string& what);

    JsonView(Document document, std::optional<Element> value, std::string place);

    std::optional<simdjson::dom::object> object() const;
    std::optional<simdjson::dom::array> array() const;

    Document document_;
    std::optional<Element> value_; ///< never null's
    std::string place_;
};

/// An answer; nothing (present() is false) for `null` and for no text. `what` opens the text of every error that it
/// makes, as `inspect container x`. Throws EngineError (badAnswer): not JSON, or nested more than 128 deep.
JsonView parseJson(std::string_view text, const std::string& what);

/// What a member of an object says, where `json` is an object and that member a string. Throws nothing.
std::optional<std::string> memberText(std::string_view json, std::string_view name);

}
