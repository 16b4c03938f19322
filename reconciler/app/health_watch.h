#pragma once

#include "app/daemon_state.h"
#include "app/log.h"
#include "app/prober.h"

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <thread>

namespace mcpctl
{

/// Asks the servers that run whether they are well (docs/health.md): those that are reached by a port each
/// `health.interval`, stdio ones once in the life of their process, which is spoken to by a second one. It tells, and
/// changes nothing.
class HealthWatch
{
public:
    using Found = std::map<std::string, ServerHealth>; ///< by instance name

    struct World
    {
        DaemonStateSource state;                                   ///< what runs, and what is declared
        std::function<std::string(const std::string& text)> scrub; ///< takes secrets out of what servers say
        std::function<void(const Found&)> tell; ///< gets all that is known whenever some of it changed
    };

    /// All of it is called on a thread of its own, and must outlive the object.
    HealthWatch(Prober& prober, World world, const Log& log);

private:
    using Clock = std::chrono::steady_clock;

    struct Patient
    {
        std::string process; ///< container and start time: another process is asked anew
        Clock::time_point since;
        Clock::time_point next;
        int failures = 0; ///< one after the other
    };

    void run(const std::stop_token& stop);
    bool look(const std::stop_token& stop);
    bool note(const ObservedInstance& instance, const DesiredInstance& want, const Readiness& answer);

    Prober& prober_;
    const World world_;
    const Log& log_;
    std::map<std::string, Patient> patients_; ///< by instance name; of the thread alone
    Found found_;                             ///< likewise
    std::jthread thread_;                     ///< last: it uses all of the above
};

}
