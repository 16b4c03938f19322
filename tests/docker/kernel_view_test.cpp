#include "docker/kernel_view.h"

#include "support/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace mcpctl;
using namespace mcpctl::docker;

namespace
{

const std::string container(64, 'c');

/// A /proc of files: process 1 is the host's, 100 is the container's first.
struct FakeProc
{
    test::TemporaryFolder folder;
    std::filesystem::path proc = folder.path() / "proc";

    FakeProc()
    {
        addProcess("1", "/", "host");
        addProcess("100", "/docker/" + container, "own");
        folder.write("proc/100/mountinfo",
                     "1 0 0:30 / / ro - overlay overlay rw\n2 1 0:31 / /tmp rw - tmpfs tmpfs rw\n");
        folder.write("proc/100/net/route", "Iface\tDestination\n");
    }

    void addProcess(const std::string& pid, const std::string& group, const std::string& space)
    {
        const auto at = "proc/" + pid + "/";
        folder.write(at + "cgroup", "4:memory:" + group + "\n3:pids:" + group + "\n2:cpu,cpuacct:" + group + "\n");
        status(pid);
        std::filesystem::create_directories(folder.path() / at / "ns");
        for (const auto* kind : {"net", "pid", "ipc", "uts", "mnt", "cgroup"})
            std::filesystem::create_symlink(std::string(kind) + ":[" + space + "]", folder.path() / at / "ns" / kind);
    }

    void status(const std::string& pid, const std::string& capabilities = "0000000000000000",
                const std::string& seccomp = "2", const std::string& privileges = "1", const std::string& uid = "1000")
    {
        std::string text = "Name:\tx\nUid:\t" + uid + "\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t\n";
        for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
            text += std::string(set) + ":\t" + capabilities + "\n";
        folder.write("proc/" + pid + "/status", text + "NoNewPrivs:\t" + privileges + "\nSeccomp:\t" + seccomp + "\n");
    }

    KernelView look() const { return readKernel(100, container, "", proc); }
};

void checkNothingSeen(const KernelView& view)
{
    BOOST_TEST(!view.unseen.empty());
    KernelView nothing;
    nothing.unseen = view.unseen;
    BOOST_TEST((view == nothing));
}

}

BOOST_AUTO_TEST_SUITE(kernel_view_test)

BOOST_AUTO_TEST_CASE(a_well_kept_process_is_told_as_it_is)
{
    const FakeProc fake;
    const auto view = fake.look();
    BOOST_TEST(view.unseen == "");
    BOOST_TEST(view.filtersCalls.value());
    BOOST_TEST(view.noNewPrivileges.value());
    BOOST_TEST(view.capabilities.value().empty());
    BOOST_TEST((view.users.value() == std::set<std::int64_t>{1000}));
    BOOST_TEST((view.groups.value() == std::set<std::int64_t>{1000}));
    BOOST_TEST(view.hostNamespaces.value().empty());
    BOOST_TEST(view.mounts.value().at("/").readOnly);
    BOOST_TEST(!view.mounts.value().at("/tmp").readOnly);
    BOOST_TEST(!view.hasWayOut.value());
}

BOOST_AUTO_TEST_CASE(the_weakest_of_all_processes_counts)
{
    FakeProc fake;
    fake.addProcess("200", "/docker/" + container, "host"); // put beside it with more rights
    fake.status("200", "0000000000200000", "0", "0", "0");
    fake.addProcess("300", "/docker/another", "host"); // somebody else's
    fake.status("300", "0000000000000001");
    const auto view = fake.look();
    BOOST_TEST(!view.filtersCalls.value());
    BOOST_TEST(!view.noNewPrivileges.value());
    BOOST_TEST((view.capabilities.value() == std::set<std::string>{"SYS_ADMIN"}));
    BOOST_TEST(view.users.value().contains(0));
    BOOST_TEST(view.hostNamespaces.value().contains("net"));
}

BOOST_AUTO_TEST_CASE(a_number_whose_process_is_not_the_containers_shows_nothing)
{
    const FakeProc fake;
    checkNothingSeen(readKernel(1, container, "", fake.proc));
    checkNothingSeen(readKernel(4711, container, "", fake.proc));
    checkNothingSeen(readKernel(0, container, "", fake.proc));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_not_told)
{
    FakeProc fake;
    fake.folder.write("proc/100/status", "");
    std::filesystem::remove(fake.proc / "1/ns/net");
    std::filesystem::remove(fake.proc / "100/mountinfo");
    std::filesystem::remove(fake.proc / "100/net/route");
    const auto view = fake.look();
    BOOST_TEST(view.unseen == "");
    BOOST_TEST(!view.filtersCalls.has_value());
    BOOST_TEST(!view.noNewPrivileges.has_value());
    BOOST_TEST(!view.capabilities.has_value());
    BOOST_TEST(!view.users.has_value());
    BOOST_TEST(!view.groups.has_value());
    BOOST_TEST(!view.hostNamespaces.has_value());
    BOOST_TEST(!view.mounts.has_value());
    BOOST_TEST(!view.hasWayOut.has_value());
    BOOST_TEST(!view.memoryBytes.has_value());
    BOOST_TEST(!view.pidsLimit.has_value());
    BOOST_TEST(!view.nanoCpus.has_value());
}

BOOST_AUTO_TEST_CASE(a_default_route_leads_out_when_its_gateway_is_the_host)
{
    const FakeProc fake;
    fake.folder.write("proc/100/net/route", "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    BOOST_TEST(!fake.look().hasWayOut.has_value()); // nobody tells who that is
    fake.folder.write("proc/1/net/fib_trie", "|-- 127.0.0.1\n   /32 host LOCAL\n");
    BOOST_TEST(!fake.look().hasWayOut.value());
    fake.folder.write("proc/1/net/fib_trie", "|-- 172.18.0.1\n   /32 host LOCAL\n");
    BOOST_TEST(fake.look().hasWayOut.value());
}

BOOST_AUTO_TEST_CASE(limits_are_read_from_version_1)
{
    FakeProc fake;
    const auto at = fake.folder.path().string();
    fake.folder.write("proc/self/mountinfo", "1 0 0:1 / " + at +
                                                 "/m rw - cgroup cgroup rw,memory\n"
                                                 "2 0 0:2 / " +
                                                 at +
                                                 "/p rw - cgroup cgroup rw,pids\n"
                                                 "3 0 0:3 / " +
                                                 at + "/c rw - cgroup cgroup rw,cpu,cpuacct\n");
    const auto group = "/docker/" + container + "/";
    fake.folder.write("m" + group + "memory.limit_in_bytes", "67108864\n");
    fake.folder.write("m" + group + "memory.memsw.limit_in_bytes", "67108864\n");
    fake.folder.write("p" + group + "pids.max", "64\n");
    fake.folder.write("c" + group + "cpu.cfs_quota_us", "50000\n");
    fake.folder.write("c" + group + "cpu.cfs_period_us", "100000\n");
    auto view = fake.look();
    BOOST_TEST(view.memoryBytes.value() == 67108864);
    BOOST_TEST(view.swapBytes.value() == 0);
    BOOST_TEST(view.pidsLimit.value() == 64);
    BOOST_TEST(view.nanoCpus.value() == 500'000'000);

    fake.folder.write("m" + group + "memory.limit_in_bytes", "9223372036854771712\n");
    fake.folder.write("m" + group + "memory.memsw.limit_in_bytes", "9223372036854771712\n");
    fake.folder.write("p" + group + "pids.max", "max\n");
    fake.folder.write("c" + group + "cpu.cfs_quota_us", "-1\n");
    view = fake.look();
    BOOST_TEST(view.memoryBytes.value() == 0);
    BOOST_TEST(view.swapBytes.value() == -1);
    BOOST_TEST(view.pidsLimit.value() == 0);
    BOOST_TEST(view.nanoCpus.value() == 0);
}

BOOST_AUTO_TEST_CASE(limits_are_read_from_version_2)
{
    FakeProc fake;
    fake.folder.write("proc/100/cgroup", "0::/docker/" + container + "\n");
    fake.folder.write("proc/self/mountinfo",
                      "1 0 0:1 / " + fake.folder.path().string() + "/g rw - cgroup2 cgroup2 rw\n");
    const auto group = "g/docker/" + container + "/";
    fake.folder.write(group + "memory.max", "67108864\n");
    fake.folder.write(group + "memory.swap.max", "0\n");
    fake.folder.write(group + "pids.max", "64\n");
    fake.folder.write(group + "cpu.max", "150000 100000\n");
    auto view = fake.look();
    BOOST_TEST(view.memoryBytes.value() == 67108864);
    BOOST_TEST(view.swapBytes.value() == 0);
    BOOST_TEST(view.pidsLimit.value() == 64);
    BOOST_TEST(view.nanoCpus.value() == 1'500'000'000);

    fake.folder.write(group + "memory.swap.max", "max\n");
    fake.folder.write(group + "cpu.max", "max 100000\n");
    view = fake.look();
    BOOST_TEST(view.swapBytes.value() == -1);
    BOOST_TEST(view.nanoCpus.value() == 0);
}

BOOST_AUTO_TEST_CASE(the_engines_socket_is_seen_in_whatever_folder_it_was_mounted)
{
    FakeProc fake;
    fake.folder.write("run/engine.sock", "");
    const auto socket = std::filesystem::canonical(fake.folder.path() / "run/engine.sock").string();
    fake.folder.write("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
    const auto folderOf = std::filesystem::path(socket).parent_path().string();
    fake.folder.write("proc/100/mountinfo", "1 0 8:1 " + folderOf +
                                                " /inside ro - ext4 /dev/sda1 rw\n"
                                                "2 0 8:1 " +
                                                socket +
                                                " /sock rw - ext4 /dev/sda1 rw\n"
                                                "3 0 8:1 /srv/data /data rw - ext4 /dev/sda1 rw\n"
                                                "4 0 8:2 " +
                                                folderOf + " /other rw - ext4 /dev/sdb1 rw\n");
    const auto mounts = readKernel(100, container, socket, fake.proc).mounts.value();
    BOOST_TEST(mounts.at("/inside").holdsEngineSocket);
    BOOST_TEST(mounts.at("/sock").holdsEngineSocket);
    BOOST_TEST(!mounts.at("/data").holdsEngineSocket);
    BOOST_TEST(!mounts.at("/other").holdsEngineSocket);
}

BOOST_AUTO_TEST_SUITE_END()
