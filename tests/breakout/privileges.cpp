#include "attempt.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

namespace breakout
{

namespace
{

Outcome openFor(const char* path, int flags)
{
    return ofCall(::open(path, flags, 0600), std::string(path) + " was opened");
}

/// A program of root with the setuid bit: does it get root's rights?
Outcome runSetuid()
{
    const auto child = ::fork();
    if (child == 0)
    {
        ::execl("/setuid-root", "/setuid-root", "whoami", nullptr);
        ::_exit(2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 3;
    if (code > 1)
        return {Outcome::Kind::unclear, "it did not run"};
    return code == 0 ? succeeded("it runs as root") : denied("it runs, and not as root");
}

/// A process of the host that can be told by its name; 0 when none is seen.
int hostProcess()
{
    int found = 0;
    DIR* const proc = ::opendir("/proc");
    while (const auto* entry = proc == nullptr ? nullptr : ::readdir(proc))
    {
        char comm[32] = {};
        const auto file = std::string("/proc/") + entry->d_name + "/comm";
        const int fd = ::open(file.c_str(), O_RDONLY);
        if (fd < 0)
            continue;
        if (::read(fd, comm, sizeof comm - 1) > 0 && std::strcmp(comm, "dockerd\n") == 0)
            found = std::atoi(entry->d_name);
        ::close(fd);
    }
    return found;
}

Outcome seeHost()
{
    const int pid = hostProcess();
    return pid == 0 ? denied("no process of the host is seen") : succeeded("the engine is " + std::to_string(pid));
}

Outcome traceHost()
{
    const int pid = hostProcess();
    if (pid == 0)
        return denied("no process of the host is seen");
    return ofCall(::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr), "the engine is traced"); // and let go at the end
}

Outcome makeDevice()
{
    // A harmless one, so that it can be made wherever it is allowed.
    return ofCall(::mknod("/tmp/null", S_IFCHR | 0600, makedev(1, 3)), "a device was made");
}

Outcome loadProgram()
{
    bpf_attr attributes{};
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    return ofCall(::syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

Outcome watchMachine()
{
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    return ofCall(::syscall(SYS_perf_event_open, &attributes, -1, 0, -1, 0));
}

Outcome setClock()
{
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return ofCall(::clock_settime(CLOCK_REALTIME, &now), "the clock was set");
}

Outcome setName()
{
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return ofCall(::sethostname(name, std::strlen(name)), "the host's name was set");
}

/// There is no such file, and who may not swap is not told so.
Outcome swap()
{
    ::swapoff("/nothing");
    return errno == EPERM ? denied(std::strerror(errno)) : succeeded("it may swap");
}

std::vector<Attempt> files()
{
    std::vector<Attempt> out;
    const auto add = [&](const char* name, const char* path, int flags) {
        out.push_back({name, [=] { return openFor(path, flags); }});
    };
    add("write to the root", "/written", O_WRONLY | O_CREAT);
    add("write over a program", "/setuid-root", O_WRONLY);
    add("write to /etc", "/etc/written", O_WRONLY | O_CREAT);
    add("sysrq", "/proc/sysrq-trigger", O_WRONLY);
    add("core pattern", "/proc/sys/kernel/core_pattern", O_WRONLY);
    add("module loader", "/proc/sys/kernel/modprobe", O_WRONLY);
    add("address forwarding", "/proc/sys/net/ipv4/ip_forward", O_WRONLY);
    add("kernel memory", "/proc/kcore", O_RDONLY);
    add("uevent helper", "/sys/kernel/uevent_helper", O_WRONLY);
    add("firmware path", "/sys/module/firmware_class/parameters/path", O_WRONLY);
    add("limits of its own", "/sys/fs/cgroup/cgroup.procs", O_WRONLY);
    add("limits of its own (v1)", "/sys/fs/cgroup/memory/memory.limit_in_bytes", O_WRONLY);
    add("release agent (v1)", "/sys/fs/cgroup/memory/release_agent", O_WRONLY);
    add("kernel log", "/dev/kmsg", O_RDWR);
    add("device memory", "/dev/mem", O_RDWR);
    return out;
}

std::vector<Attempt> calls()
{
    const auto unshares = [](int what) { return [=] { return ofCall(::unshare(what)); }; };
    return {
        {"setuid program", runSetuid},
        {"device node", makeDevice}, // before anything is mounted on /tmp
        {"become root", [] { return ofCall(::setuid(0), "it is root"); }},
        {"become group root", [] { return ofCall(::setgid(0), "it is of root's group"); }},
        {"give up its groups", [] { return ofCall(::setgroups(0, nullptr)); }},
        {"mount", [] { return ofCall(::mount("none", "/tmp", "tmpfs", 0, nullptr)); }},
        {"mount proc", [] { return ofCall(::mount("none", "/tmp", "proc", 0, nullptr)); }},
        {"remount the root", [] { return ofCall(::mount("none", "/", nullptr, MS_REMOUNT | MS_BIND, nullptr)); }},
        {"unmount", [] { return ofCall(::umount2("/proc/kcore", MNT_DETACH)); }},
        {"pivot or chroot", [] { return ofCall(::chroot("/tmp")); }},
        {"see the host's processes", seeHost},
        {"trace the host's processes", traceHost},
        {"user namespace", unshares(CLONE_NEWUSER)},
        {"mount namespace", unshares(CLONE_NEWNS)},
        {"network namespace", unshares(CLONE_NEWNET)},
        {"keys", [] { return ofCall(::syscall(SYS_add_key, "user", "breakout", "x", 1, KEY_SPEC_PROCESS_KEYRING)); }},
        {"keyctl", [] { return ofCall(::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1)); }},
        {"bpf", loadProgram},
        {"perf", watchMachine},
        {"clock", setClock},
        {"host name", setName},
        {"swap", swap},
    };
}

}

std::vector<Attempt> privilegeAttempts(const Targets& /*targets*/)
{
    auto out = files();
    for (auto& each : calls())
        out.push_back(std::move(each));
    return out;
}

}
