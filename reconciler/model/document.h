#pragma once

#include "model/diagnostic.h"
#include "model/source.h"

#include <Poco/Dynamic/Var.h>

#include <map>
#include <string>
#include <vector>

namespace mcpctl
{

/// One YAML document as typed values, and where each of them was written.
struct Document
{
    std::string file; ///< as in SourcePos::file

    /// Poco::JSON::Object::Ptr, Poco::JSON::Array::Ptr, std::string, std::int64_t, double, bool, or
    /// empty for null. Objects keep the order of their keys.
    Poco::Dynamic::Var root;

    /// JSON pointer (RFC 6901) -> place. The root is "". For a member of a mapping it is its key's
    /// place, for an item of a sequence the item's own.
    std::map<std::string, SourcePos> places;

    /// The place of `pointer`, or of its nearest parent that has one.
    SourcePos placeOf(const std::string& pointer) const;
};

/// Everything that was read, in the order of files and documents.
struct Manifests
{
    std::vector<Document> documents;
    SourceTexts texts;
    Diagnostics diagnostics;

    /// Only folders were read, so what is not declared is known to be not wanted. A single file or
    /// standard input never prunes.
    bool wholeFolders = false;
};

/// `pointer` extended by one step, escaped as RFC 6901 says.
std::string childPointer(const std::string& pointer, const std::string& key);
std::string childPointer(const std::string& pointer, std::size_t index);

}
