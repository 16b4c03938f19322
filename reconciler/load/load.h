#pragma once

#include "model/document.h"

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

namespace mcpctl
{

/// What one load may cost. A manifest comes from a pull request, so it is not trusted: each limit is far
/// above what people write and far below what hurts. Going over one is an error (`limit-exceeded`).
struct LoadLimits
{
    std::size_t maxFiles = 10'000;
    std::size_t maxFileBytes = 1024 * 1024;       ///< looked up before a file is read
    std::size_t maxTotalBytes = 64 * 1024 * 1024; ///< of all files
    std::size_t maxDocuments = 5'000;             ///< of one file
    std::size_t maxDepth = 64;                    ///< mappings and sequences within each other
    std::size_t maxMembers = 2'000;               ///< keys of one mapping; Poco's ordered Object is quadratic in them
    std::size_t maxNodes = 100'000;               ///< keys and values of one file, aliases and merge keys written out
    std::size_t maxTotalNodes = 500'000;          ///< the same, of all files
    std::size_t maxScalarBytes = 4096;            ///< of one key or value: std::regex overflows the stack on long ones
};

/// Reads manifests. A path is a folder (read with its subfolders, `*.yaml` and `*.yml` in sorted order,
/// hidden names skipped), a single file of any name, or `-` for `standardInput`, whose name in places
/// is `<stdin>`. Symbolic links are followed; a file that is reached twice is read once.
///
/// Never throws for what is wrong with paths or texts: every mistake becomes a finding in
/// Manifests::diagnostics, which is sorted. A mistake in one file or document hides none in another.
/// A path that is missing, a folder without manifests and an empty list of paths are errors too, not
/// wishes for an empty state.
///
/// Manifests::documents holds each document whose root is a mapping, also one with findings, as far
/// as it could be read: of two equal keys the first, an unreadable value as its text. Only a document
/// with a syntax error or over a limit is missing. So while there are errors, "nobody declares X" is
/// not known. Documents without content (comments only) are skipped.
///
/// Values are typed as the core schema of YAML 1.2 says: `no`, `on`, `1:30` and `2020-01-01` are strings,
/// `012` is twelve, `0o14` and `0x1F` are integers. Merge keys (`<<`) are written out, own keys win.
Manifests load(const std::vector<std::string>& paths, std::istream& standardInput, const LoadLimits& limits = {});

}
