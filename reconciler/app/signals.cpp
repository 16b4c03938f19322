#include "app/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace mcpctl
{

namespace
{

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}

Signals::Signals()
{
    const auto set = stopSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread(
        [this](const std::stop_token& ended)
        {
            const auto signals = stopSignals();
            int number = 0;
            while (sigwait(&signals, &number) == 0 && !ended.stop_requested())
            {
                if (stop_.stop_requested())
                    _exit(128 + number);
                static constexpr char text[] = "stopping; the steps in hand are finished first (again: stop at once)\n";
                if (!quiet_) [[maybe_unused]]
                    const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
                number_ = number;
                stop_.request_stop();
            }
        });
}

Signals::~Signals()
{
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), SIGTERM); // wakes sigwait
}

}
