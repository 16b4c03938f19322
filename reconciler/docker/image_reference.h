#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace mcpctl::docker
{

/// An image name, taken apart as docker does it: what the user left out is filled in.
struct ImageReference
{
    std::string registry{};   ///< "docker.io" where none is named, else HOST[:PORT]
    std::string repository{}; ///< "library/node", "acme/tools/memory"
    std::string tag{};        ///< "latest" where neither tag nor digest is given; empty with a digest alone
    std::string digest{};     ///< "sha256:..." or empty; it decides, where there is a tag besides

    /// As people write it and the engine lists it, without docker.io/ and library/: `node`, `ghcr.io/acme/x`.
    std::string shortName() const;

    /// What identifies the image to the engine: `node:20`, or `ghcr.io/acme/x@sha256:...` if there is a digest.
    std::string engineName() const;

    bool operator==(const ImageReference&) const = default;
};

class ImageReferenceError : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

/// Throws ImageReferenceError, which says what is wrong. Source: distribution/reference `normalize.go`, `regexp.go`.
ImageReference parseImageReference(std::string_view text);

}
