#include "validate/node.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

namespace mcpctl
{

namespace
{

using Poco::Dynamic::Var;
using ObjectPtr = Poco::JSON::Object::Ptr;
using ArrayPtr = Poco::JSON::Array::Ptr;

}

std::string toText(const Scalar& scalar)
{
    if (const auto* text = std::get_if<std::string>(&scalar))
        return *text;
    if (const auto* flag = std::get_if<bool>(&scalar))
        return *flag ? "true" : "false";
    if (const auto* integer = std::get_if<std::int64_t>(&scalar))
        return std::to_string(*integer);
    return fmt::format("{}", std::get<double>(scalar));
}

Node::Node(const Document& document) : Node(document, &document.root, "", "") {}

Node::Node(const Document& document, const Var* value, std::string pointer, std::string key)
    : document_(&document), value_(value), pointer_(std::move(pointer)), key_(std::move(key))
{
}

Node Node::operator[](std::string_view key) const
{
    if (value_ != nullptr && value_->type() == typeid(ObjectPtr))
        for (const auto& [name, value] : *value_->extract<ObjectPtr>())
            if (name == key)
                return Node(*document_, &value, childPointer(pointer_, name), name);
    return Node(*document_, nullptr, pointer_, std::string(key));
}

std::vector<Node> Node::items() const
{
    std::vector<Node> result;
    if (value_ == nullptr || value_->type() != typeid(ArrayPtr))
        return result;
    const auto& array = *value_->extract<ArrayPtr>();
    result.reserve(array.size());
    std::size_t index = 0;
    for (const Var& value : array)
        result.push_back(Node(*document_, &value, childPointer(pointer_, index++), ""));
    return result;
}

std::vector<Node> Node::members() const
{
    std::vector<Node> result;
    if (value_ == nullptr || value_->type() != typeid(ObjectPtr))
        return result;
    const auto& object = *value_->extract<ObjectPtr>();
    result.reserve(object.size());
    for (const auto& [name, value] : object)
        result.push_back(Node(*document_, &value, childPointer(pointer_, name), name));
    return result;
}

SourcePos Node::place() const
{
    return document_->placeOf(pointer_);
}

bool Node::isText() const
{
    return value_ != nullptr && value_->isString();
}

bool Node::isMapping() const
{
    return value_ != nullptr && value_->type() == typeid(ObjectPtr);
}

std::string Node::text() const
{
    return value_->extract<std::string>();
}

std::int64_t Node::integer() const
{
    return value_->convert<Poco::Int64>();
}

bool Node::boolean() const
{
    return value_->extract<bool>();
}

Scalar Node::scalar() const
{
    if (value_->isString())
        return text();
    if (value_->isBoolean())
        return boolean();
    if (value_->isInteger())
        return integer();
    return value_->convert<double>();
}

std::vector<std::string> Node::texts() const
{
    std::vector<std::string> result;
    for (const Node& item : items())
        result.push_back(item.text());
    return result;
}

std::string Node::amount() const
{
    const Scalar value = scalar();
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr)
        return toText(value);
    std::array<char, 400> buffer{}; // the longest double without an exponent has 310 digits before the point
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number, std::chars_format::fixed);
    return error == std::errc() ? std::string(buffer.data(), end) : "";
}

}
