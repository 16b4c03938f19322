#pragma once

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// A place in an answer of the engine, read with suspicion: what is missing or null reads as empty, and what has
/// another type than the API promises is OrchestratorError (failed) that names the place. Nothing else is ever thrown.
///
/// Texts of errors hold places, never values: an answer may have secrets in it.
class JsonView
{
public:
    /// `what` opens error texts, as `inspect container x`.
    JsonView(const Poco::Dynamic::Var& value, std::string what) : value_(value), place_(std::move(what)) {}

    /// Neither missing nor null.
    bool present() const { return !value_.isEmpty(); }

    /// A member of an object; nothing for an absent one.
    JsonView operator[](const std::string& name) const;

    /// The same, for a member without which nothing makes sense: absent or null is an error too.
    JsonView required(const std::string& name) const;

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
    Poco::JSON::Object::Ptr object() const;

    Poco::Dynamic::Var value_;
    std::string place_;
};

}
