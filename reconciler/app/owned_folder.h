#pragma once

#include <filesystem>
#include <string>

namespace mcpctl
{

/// A folder that is mcpctl's to write in and to clear, and of no other process while this lives. A file in it says so,
/// `.mcpctl-clone`, and keeps a note.
class OwnedFolder
{
public:
    /// The folder is made where it is missing. Throws std::runtime_error for one with something in it that mcpctl did
    /// not put there, for one that another process holds, and where it cannot be used.
    explicit OwnedFolder(const std::filesystem::path& folder);
    ~OwnedFolder();
    OwnedFolder(const OwnedFolder&) = delete;
    OwnedFolder& operator=(const OwnedFolder&) = delete;

    /// What was noted last; empty at first.
    std::string note() const;
    void setNote(const std::string& text);

private:
    const std::filesystem::path marker_;
    int file_ = -1;
};

}
