#include "load/load.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace mcpctl;
namespace fs = std::filesystem;

namespace
{

// A folder of its own for each test, which is also the working directory: so names in findings are short.
struct Folder
{
    fs::path before = fs::current_path();
    fs::path root;

    Folder()
    {
        std::string pattern = (fs::temp_directory_path() / "mcpctl-load-XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        fs::permissions(root, fs::perms(0755));
        fs::current_path(root);
    }
    ~Folder()
    {
        fs::current_path(before);
        fs::remove_all(root);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    static void write(const fs::path& path, const std::string& text)
    {
        if (path.has_parent_path())
            fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
};

Manifests loadPaths(const std::vector<std::string>& paths, const LoadLimits& limits = {}, const std::string& input = "")
{
    std::istringstream in(input);
    return load(paths, in, limits);
}

// The files of the documents, in order.
std::string files(const Manifests& manifests)
{
    std::string names;
    for (const Document& d : manifests.documents)
        names += (names.empty() ? "" : " ") + d.file;
    return names;
}

std::string findings(const Manifests& manifests)
{
    return renderDiagnostics(manifests.diagnostics, manifests.texts);
}

// Root reads everything; for files, this thread is somebody else while the object lives.
struct WithoutPrivileges
{
    bool isRoot = ::geteuid() == 0;
    WithoutPrivileges()
    {
        if (isRoot)
            ::setfsuid(65534);
    }
    ~WithoutPrivileges()
    {
        if (isRoot)
            ::setfsuid(0);
    }
};

}

BOOST_FIXTURE_TEST_SUITE(load_files_test, Folder)

BOOST_AUTO_TEST_CASE(a_folder_is_read_with_its_subfolders_in_sorted_order)
{
    for (const char* name : {"m/z.yaml", "m/b/2.yml", "m/b/1.yaml", "m/a.yaml", "m/c/d/e.yaml"})
        write(name, "a: 1\n");
    write("m/notes.txt", "not: read");
    write("m/upper.YAML", "not: read");
    const Manifests m = loadPaths({"m"});
    BOOST_TEST(findings(m) == "");
    BOOST_TEST(files(m) == "m/a.yaml m/b/1.yaml m/b/2.yml m/c/d/e.yaml m/z.yaml");
    BOOST_TEST(m.wholeFolders);
}

BOOST_AUTO_TEST_CASE(names_are_as_typed_and_normal)
{
    write("m/a.yaml", "a: 1\n");
    BOOST_TEST(files(loadPaths({"."})) == "m/a.yaml");
    BOOST_TEST(files(loadPaths({"./m/"})) == "m/a.yaml");
    BOOST_TEST(files(loadPaths({"m/../m//a.yaml"})) == "m/a.yaml");
    BOOST_TEST(files(loadPaths({(root / "m").string()})) == (root / "m/a.yaml").string());
}

BOOST_AUTO_TEST_CASE(hidden_names_are_skipped_below_a_folder_but_read_when_given)
{
    for (const char* name : {"m/a.yaml", "m/.hidden.yaml", "m/.git/b.yaml", "m/..data/c.yaml"})
        write(name, "a: 1\n");
    BOOST_TEST(files(loadPaths({"m"})) == "m/a.yaml");
    BOOST_TEST(files(loadPaths({"m/.hidden.yaml"})) == "m/.hidden.yaml");
    BOOST_TEST(files(loadPaths({"m/.git"})) == "m/.git/b.yaml");
}

BOOST_AUTO_TEST_CASE(a_mounted_config_map_is_read_once_through_its_links)
{
    write("m/..2026_01_01/a.yaml", "a: 1\n");
    fs::create_directory_symlink("..2026_01_01", "m/..data");
    fs::create_symlink("..data/a.yaml", "m/a.yaml");
    const Manifests m = loadPaths({"m"});
    BOOST_TEST(findings(m) == "");
    BOOST_TEST(files(m) == "m/a.yaml");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_reached_twice_is_read_once)
{
    write("m/a.yaml", "a: 1\n");
    fs::create_symlink("a.yaml", "m/b.yaml");
    fs::create_hard_link("m/a.yaml", "m/c.yaml");
    fs::create_directory_symlink("m", "n");
    const Manifests m = loadPaths({"m", "m/a.yaml", "n", "n/b.yaml", "m"});
    BOOST_TEST(findings(m) == "");
    BOOST_TEST(files(m) == "m/a.yaml");
}

BOOST_AUTO_TEST_CASE(only_folders_alone_are_whole)
{
    write("m/a.yaml", "a: 1\n");
    write("n/b.yaml", "b: 1\n");
    BOOST_TEST(loadPaths({"m", "n"}).wholeFolders);
    BOOST_TEST(!loadPaths({"m", "n/b.yaml"}).wholeFolders);
    BOOST_TEST(!loadPaths({"m", "-"}, {}, "c: 1\n").wholeFolders);
    BOOST_TEST(!loadPaths({"m", "missing"}).wholeFolders);
    BOOST_TEST(!loadPaths({}).wholeFolders);
}

BOOST_AUTO_TEST_CASE(a_dash_is_standard_input)
{
    write("a.txt", "a: 1\n");
    const Manifests m = loadPaths({"a.txt", "-"}, {}, "b: 1\nb: 2\n");
    BOOST_TEST(files(m) == "a.txt <stdin>");
    BOOST_TEST(findings(m) == "<stdin>:2:1: error: duplicate key `b` [duplicate-key]\n"
                              "    b: 2\n"
                              "    ^\n"
                              "  see: <stdin>:1:1\n");
}

BOOST_AUTO_TEST_CASE(standard_input_can_be_given_once)
{
    const Manifests m = loadPaths({"-", "-"}, {}, "a: 1\n");
    BOOST_TEST(findings(m) == "<stdin>: error: standard input can be read once only [stdin-twice]\n");
    BOOST_TEST(files(m) == "<stdin>");
}

BOOST_AUTO_TEST_CASE(no_paths_are_an_error)
{
    BOOST_TEST(findings(loadPaths({})) == "error: no path to manifests is given [no-manifests]\n");
}

BOOST_AUTO_TEST_CASE(a_missing_path_is_an_error_and_hides_no_other)
{
    write("b.yaml", "b: [1\n");
    BOOST_TEST(findings(loadPaths({"missing", "", "b.yaml/x.yaml", "b.yaml"})) ==
               "error: no such file or folder [file-not-found]\n"
               "b.yaml:2:1: error: expected `,` or `]` [yaml-syntax]\n"
               "  hint: close the `[`, or quote the value: within `[ ]`, the characters `{ } [ ] ,` end a plain one\n"
               "  see: b.yaml:1:4\n"
               "b.yaml/x.yaml: error: no such file or folder [file-not-found]\n"
               "missing: error: no such file or folder [file-not-found]\n");
}

BOOST_AUTO_TEST_CASE(a_folder_without_manifests_is_an_error)
{
    fs::create_directories("m/deep");
    write("m/readme.md", "x");
    write("m/.hidden.yaml", "a: 1\n");
    const Manifests m = loadPaths({"m"});
    BOOST_TEST(findings(m) == "m: error: no manifest in this folder or below [no-manifests]\n"
                              "  hint: manifests are `*.yaml` and `*.yml`; hidden names are skipped\n");
}

BOOST_AUTO_TEST_CASE(a_folder_named_like_a_manifest_is_a_folder)
{
    write("m/x.yaml/a.yaml", "a: 1\n");
    BOOST_TEST(files(loadPaths({"m"})) == "m/x.yaml/a.yaml");
}

BOOST_AUTO_TEST_CASE(links_that_lead_in_a_circle_are_errors)
{
    write("m/a.yaml", "a: 1\n");
    fs::create_directory_symlink("..", "m/up");
    fs::create_directory_symlink(".", "m/self");
    fs::create_symlink("loop.yaml", "m/loop.yaml");
    const Manifests m = loadPaths({"m"});
    BOOST_TEST(files(m) == "m/a.yaml");
    BOOST_TEST(findings(m) == "m/loop.yaml: error: a symbolic link that leads in a circle [link-loop]\n"
                              "m/self: error: a symbolic link to a folder that it is in [link-loop]\n"
                              "m/up/m: error: a symbolic link to a folder that it is in [link-loop]\n");
}

BOOST_AUTO_TEST_CASE(a_link_that_leads_nowhere_is_an_error)
{
    write("m/a.yaml", "a: 1\n");
    fs::create_symlink("gone", "m/team");
    BOOST_TEST(findings(loadPaths({"m"})) == "m/team: error: no such file or folder [file-not-found]\n");
}

BOOST_AUTO_TEST_CASE(pipes_sockets_and_devices_are_errors_and_never_waited_for)
{
    write("m/a.yaml", "a: 1\n");
    BOOST_REQUIRE(::mkfifo("m/pipe.yaml", 0644) == 0);
    BOOST_REQUIRE(::mkfifo("m/ignored", 0644) == 0);
    fs::create_symlink("/dev/zero", "m/zero.yml");
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "m/socket.yaml");
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);

    const Manifests m = loadPaths({"m", "m/ignored"});
    BOOST_TEST(files(m) == "m/a.yaml");
    const std::string rest = ": error: neither a file nor a folder [file-kind]\n"
                             "  hint: pipe a manifest in and name it `-`\n";
    BOOST_TEST(findings(m) == "m/ignored" + rest + "m/pipe.yaml" + rest + "m/socket.yaml" + rest + "m/zero.yml" + rest);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_an_error)
{
    write("m/a.yaml", "a: 1\n");
    write("m/secret.yaml", "b: 1\n");
    write("m/secrets/c.yaml", "c: 1\n");
    fs::permissions("m/secret.yaml", fs::perms::none);
    fs::permissions("m/secrets", fs::perms::none);
    Manifests m;
    {
        const WithoutPrivileges here;
        m = loadPaths({"m"});
    }
    fs::permissions("m/secrets", fs::perms::owner_all);
    BOOST_TEST(files(m) == "m/a.yaml");
    BOOST_TEST(findings(m) == "m/secret.yaml: error: cannot read it: Permission denied [file-unreadable]\n"
                              "m/secrets: error: cannot read it: Permission denied [file-unreadable]\n");
}

BOOST_AUTO_TEST_CASE(an_error_in_one_file_hides_none_in_another)
{
    write("m/a.yaml", "a: [\n");
    write("m/b.yaml", "\xFF");
    write("m/c.yaml", "c: 1\nc: 2\n");
    write("m/d.yaml", "d: 1\n");
    const Manifests m = loadPaths({"m"});
    BOOST_TEST(m.diagnostics.size() == 3);
    BOOST_TEST(files(m) == "m/c.yaml m/d.yaml");
    BOOST_TEST(m.texts.size() == 4);
}

BOOST_AUTO_TEST_CASE(files_over_the_limits_are_errors)
{
    write("m/a.yaml", "a: 1\n");
    write("m/b.yaml", "b: 11111\n");
    write("m/c.yaml", "c: 1\n");
    BOOST_TEST(findings(loadPaths({"m"}, {.maxFileBytes = 5})) ==
               "m/b.yaml: error: larger than 5 bytes [limit-exceeded]\n");
    BOOST_TEST(findings(loadPaths({"m"}, {.maxFiles = 1})) == "m/b.yaml: error: more than 1 files [limit-exceeded]\n");
    BOOST_TEST(
        findings(loadPaths({"m"}, {.maxTotalBytes = 6})) ==
        "m/c.yaml: error: this file and those after it are not read: the others are too large [limit-exceeded]\n");
}

BOOST_AUTO_TEST_CASE(a_thousand_small_files_are_read)
{
    for (int i = 0; i < 1000; ++i)
        write("m/" + std::to_string(i) + ".yaml", "apiVersion: mcpctl/v1\nkind: McpServer\nmetadata: {name: a}\n");
    BOOST_TEST(loadPaths({"m"}).documents.size() == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
