#pragma once

#include "model/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mcpctl
{

/// A plain value of a manifest.
using Scalar = std::variant<std::string, std::int64_t, double, bool>;

/// The text that stands for a scalar in an environment variable or an argument: `true`, `12`, `1.5`.
std::string toText(const Scalar& scalar);

/// A value of a document together with where it stands, or the absence of one: reading what is not
/// there gives an absent node, so optional fields need no special case. The document has to outlive it.
///
/// The readers of scalars expect a value of that type, as it is once the schema was obeyed; on any
/// other they throw Poco::BadCastException.
class Node
{
public:
    /// The root of `document`.
    explicit Node(const Document& document);

    explicit operator bool() const { return value_ != nullptr; }

    Node operator[](std::string_view key) const; ///< a member of a mapping
    std::vector<Node> items() const;             ///< of a sequence; empty when absent
    std::vector<Node> members() const;           ///< of a mapping, sorted by key; empty when absent

    const std::string& key() const { return key_; } ///< of a member of a mapping
    const std::string& pointer() const { return pointer_; }
    /// Of the key of a member, else of the value itself. An absent node has its parent's.
    SourcePos place() const;

    bool isText() const;
    bool isMapping() const;

    std::string text() const;
    std::int64_t integer() const;
    bool boolean() const;
    Scalar scalar() const;
    std::vector<std::string> texts() const; ///< of a sequence of strings; empty when absent

    /// A number or text as text, exactly as it can be parsed again: `1.5`, never `1.5e+00`.
    std::string amount() const;

private:
    Node(const Document& document, const Poco::Dynamic::Var* value, std::string pointer, std::string key);

    const Document* document_;
    const Poco::Dynamic::Var* value_;
    std::string pointer_;
    std::string key_;
};

}
